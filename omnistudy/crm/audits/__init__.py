"""What somebody asks of an organisation, answered from records, quotations and sheets: no score without evidence."""
