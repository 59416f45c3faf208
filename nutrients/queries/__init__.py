"""What pages ask of the content: one function a question. No request, no form, no markup."""
