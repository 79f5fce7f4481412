use monazite::{ingest::Release, progress::Silent, trade::*};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let r = Release::open(a[1].as_ref()).unwrap();
    let t = std::time::Instant::now();
    match import_release(&r, a[2].as_ref(), &ImportOptions::default(), &Silent) {
        Ok(o) => {
            let m = o.manifest();
            println!("{:?} {:?} {}", m.account, m.years.len(), matches!(o, ImportOutcome::UpToDate(_)))
        }
        Err(e) => println!("ERR {e}"),
    }
    println!("{:?}", t.elapsed());
    let t = std::time::Instant::now();
    let s = Store::open(a[2].as_ref()).unwrap();
    println!("open {:?}", t.elapsed());
    let p = s.traded_products();
    let t = std::time::Instant::now();
    let mut n = 0;
    let mut v = 0.;
    for y in s.years() {
        for c in p.chunks(300) {
            let b = s.read(y, c, false).unwrap();
            n += b.values.len();
            v += b.values.iter().sum::<f64>();
        }
    }
    println!("read {n} {v} {:?}", t.elapsed());
}
