"""Home, the pages about the site, and pages for machines."""
