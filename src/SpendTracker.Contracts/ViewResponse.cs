namespace SpendTracker.Contracts;

/// <summary>A saved view.</summary>
/// <param name="View">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Address">The page with its state.</param>
/// <param name="IsShared">Whether everybody sees it.</param>
/// <param name="IsOwn">Whether the caller saved it first.</param>
/// <param name="SavedAt">When it was saved or changed last.</param>
public sealed record ViewResponse(Guid View, string Name, string Address, bool IsShared, bool IsOwn, DateTimeOffset SavedAt);
