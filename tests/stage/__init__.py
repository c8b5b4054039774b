"""What tests of the web app stand on: two clinics in pretend EMRs, their people, and the site that serves them."""
