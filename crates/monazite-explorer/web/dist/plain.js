fetch("explorer.json").then((answer) => answer.json()).then((explorer) => {
  document.querySelector("h1").textContent = explorer.study.name;
  for (const file of explorer.manifest.files) {
    const link = document.createElement("a");
    link.href = explorer.dir + "/" + file.name;
    link.textContent = file.name + " (" + file.bytes + " bytes)";
    const item = document.createElement("li");
    item.append(link);
    document.getElementById("files").append(item);
  }
});
