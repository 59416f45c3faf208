"""What every feature uses: parameters, paging, citations, memory."""
