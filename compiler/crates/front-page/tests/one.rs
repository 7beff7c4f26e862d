mod support;
#[test] fn one() {
  let s = std::fs::read_to_string(std::env::var("F").unwrap()).unwrap();
  let k = match std::env::var("K").as_deref() { Ok("c") => puremix_front_page::PageKind::Component, Ok("l") => puremix_front_page::PageKind::Layout, _ => puremix_front_page::PageKind::Page };
  println!("{}", support::show(k, &s));
  println!("{}", support::messages(&s, &support::parse(k,&s).1));
}
