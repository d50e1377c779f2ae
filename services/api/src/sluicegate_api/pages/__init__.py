"""The api's pages for people: jobs, one job and its timeline, a form to submit, workers, dead letters."""
