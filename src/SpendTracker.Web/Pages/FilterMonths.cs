namespace SpendTracker.Web.Pages;

/// <summary>Which months a page's filter bar lets choose.</summary>
public enum FilterMonths
{
    /// <summary>A first and a last, or a name like the last three.</summary>
    Range,

    /// <summary>One.</summary>
    One,

    /// <summary>None: the page has its own.</summary>
    None,
}
