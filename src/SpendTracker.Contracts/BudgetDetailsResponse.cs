namespace SpendTracker.Contracts;

/// <summary>A budget with all that is known of it.</summary>
/// <param name="Budget">The budget's id.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Terms">All of its terms.</param>
/// <param name="Removed">Since when it holds no longer; null while it does.</param>
/// <param name="Current">The figures of the period now.</param>
/// <param name="Previous">The period before.</param>
/// <param name="OpenAlerts">Those that hold, acknowledged or not; a moment behind the log.</param>
/// <param name="Versions">The newest first.</param>
public sealed record BudgetDetailsResponse(
    string Budget, int Version, BudgetStanding Standing, BudgetSet Terms, BudgetRemoval? Removed, FiguresResponse? Current, FiguresResponse? Previous,
    IReadOnlyList<Alert> OpenAlerts, IReadOnlyList<BudgetVersion> Versions);
