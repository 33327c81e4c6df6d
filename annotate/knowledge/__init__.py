"""Knowledge as data: the tables of `resources/knowledge`, loaded once, with a lab's own rows laid over them."""
