"""What is known: guideline statements, concepts and rules as data, and readers for users' documents."""
