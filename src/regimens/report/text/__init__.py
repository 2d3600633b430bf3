"""Every sentence of the report, in English. Another language is another folder like this one, and the headings of the templates."""
