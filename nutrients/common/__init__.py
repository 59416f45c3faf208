"""Code that every feature uses: parameters, paging, citations, memoized results."""
