"""How everything looks: the layout, the style sheet, icons, and the small pieces that pages are made of."""
