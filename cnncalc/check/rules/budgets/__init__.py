"""What ``expect:`` says and is not so."""
