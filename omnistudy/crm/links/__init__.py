"""Categories of the model beside metrics of the records, with a grade of evidence."""
