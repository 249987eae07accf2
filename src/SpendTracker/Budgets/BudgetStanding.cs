using SpendTracker.Contracts;

namespace SpendTracker.Budgets;

/// <summary>Judges a budget's figures. Pure.</summary>
public static class BudgetJudgement
{
    /// <summary>From this share of usage without a price on, what was spent says little.</summary>
    public const decimal UntrustedPercent = 1;

    /// <summary>Being behind by so much is no hiccup: the host is not ready then, either.</summary>
    public const decimal UntrustedSeconds = 60;

    public static BudgetStanding Of(BudgetFigures? figures) => figures switch
    {
        null => BudgetStanding.NotNow,
        { Spent: null } => BudgetStanding.Untrusted,

        // What has no price, or is not counted yet, comes on top: an exceeded budget stays exceeded.
        { Left: <= 0, Spent: > 0 } => BudgetStanding.Exceeded,
        { UnpricedPercent: >= UntrustedPercent } or { LagSeconds: >= UntrustedSeconds } => BudgetStanding.Untrusted,
        { Forecast: { } forecast } when forecast - figures.Rough > figures.Limit => BudgetStanding.ForecastOver,
        _ => BudgetStanding.Within,
    };
}
