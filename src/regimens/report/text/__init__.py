"""Every sentence of the report, in English. Another language is another folder like this one, and other headings in the
templates of `assets`.
"""
