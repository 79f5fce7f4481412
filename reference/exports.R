# Reads the csv files of an export with base R, as people do, and compares them with the definitions that go with them: every column has the type that
# its definition says, codes keep their zeros, empty cells are NA. Ends with the number of cells.
#
#     Rscript reference/exports.R FOLDER_WITH_CSV

folder <- commandArgs(trailingOnly = TRUE)[1]
defined <- read.csv(file.path(folder, "definitions.csv"), fileEncoding = "UTF-8", na.strings = "")
cells <- 0
for (table in unique(defined$table)) {
  columns <- defined[defined$table == table, ]
  classes <- c(text = "character", `whole number` = "integer", number = "numeric", `true or false` = "character")[columns$kind]
  file <- file.path(folder, paste0(gsub("/", "_", table, fixed = TRUE), ".csv"))
  read <- read.csv(file, colClasses = unname(classes), fileEncoding = "UTF-8", na.strings = "", check.names = FALSE)
  stopifnot(identical(names(read), columns$column))
  for (name in intersect(c("product", "input", "output"), names(read))) {
    codes <- read[[name]][!is.na(read[[name]])]
    if (!all(grepl("^[0-9]{6}$", codes))) stop(paste(file, name, "holds what is no code of six digits"))
  }
  for (name in columns$column[columns$kind == "true or false"]) {
    stopifnot(all(read[[name]] %in% c("true", "false", NA)))
  }
  never <- columns$column[is.na(columns$empty_when) & columns$kind != "text"]
  for (name in never) {
    if (anyNA(read[[name]])) stop(paste(file, name, "is empty, and its definition says that it never is"))
  }
  cells <- cells + nrow(read) * ncol(read)
}
cat(cells, "\n")
