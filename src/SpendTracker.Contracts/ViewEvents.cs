namespace SpendTracker.Contracts;

/// <summary>Somebody saved what a page shows: a name for its address. The same view again with other terms changes it.</summary>
/// <param name="View">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Address">A page of the dashboard with its state, like <c>/compare?period=last-3&amp;team=Risk</c>.</param>
/// <param name="IsShared">Everybody sees it, and who may share views may change it. If not, only whoever saved it first.</param>
public sealed record ViewSaved(Guid View, string Name, string Address, bool IsShared = false) : IEvent;

/// <summary>A saved view is no more.</summary>
/// <param name="View">Its id.</param>
public sealed record ViewRemoved(Guid View) : IEvent;

/// <summary>A view as it is asked to be saved.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Address">A page of the dashboard with its state, like <c>/compare?period=last-3&amp;team=Risk</c>.</param>
/// <param name="IsShared">Whether everybody sees it; false if not given.</param>
public sealed record ViewRequest(string Name, string Address, bool IsShared = false);
