using System.Globalization;
using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Comparison;

/// <summary>How comparisons read, on the page and on the command line.</summary>
internal static class ComparedWords
{
    public const string NotKnown = "not known";

    public static string Amount(decimal? amount, string currency) => amount is { } known ? Money.Text(known, currency) : NotKnown;

    /// <summary>A unit cost, with as many decimals as it takes: <c>$0.0043</c>.</summary>
    public static string Unit(decimal amount, string currency) => Math.Abs(amount) >= 1 || amount == 0 ? Money.Text(amount, currency)
        : Money.Short((double)amount, currency);

    /// <summary><c>$0.0043 ($0.0042 to $0.0044)</c>.</summary>
    public static string Interval(CostInterval? cost, string currency) => cost is null ? NotKnown
        : $"{Unit(cost.Expected, currency)} ({Unit(cost.Low, currency)} to {(cost.High is { } high ? Unit(high, currency) : "any")})";

    public static string Percent(decimal? share) => share is { } known ? $"{(known * 100).ToString("0.##", CultureInfo.InvariantCulture)} %" : NotKnown;

    /// <summary><c>98.1 % (97.9 to 98.3, of 12,345)</c>.</summary>
    public static string Share(ShareInterval? share) => share is null ? NotKnown
        : $"{Percent(share.Expected)} ({Bare(share.Low)} to {Bare(share.High)}, of {share.Samples.ToString("#,0", CultureInfo.InvariantCulture)})";

    /// <summary><c>accuracy 91.2 % (89 to 93, of 500)</c>; what is no share, as it was scored.</summary>
    public static string Quality(QualityFigure figure) => figure is { Low: { } low, High: { } high }
        ? $"{figure.Metric} {Share(new ShareInterval(low, figure.Score, high, figure.Samples, figure.Samples))}"
        : $"{figure.Metric} {figure.Score.ToString("0.####", CultureInfo.InvariantCulture)} (of {figure.Samples.ToString("#,0", CultureInfo.InvariantCulture)})";

    public static string Score(QualityFigure figure) => figure.Low is null ? figure.Score.ToString("0.####", CultureInfo.InvariantCulture)
        : Percent(figure.Score);

    public static string Between(CostInterval cost, string currency) =>
        $"{Unit(cost.Low, currency)} to {(cost.High is { } high ? Unit(high, currency) : "any")}";

    public static string Between(ShareInterval share) => $"{Bare(share.Low)} to {Bare(share.High)}";

    public static string Between(QualityFigure figure) => figure is { Low: { } low, High: { } high }
        ? $"{Bare(low)} to {Bare(high)}, of {Count(figure.Samples)}" : $"of {Count(figure.Samples)}";

    public static string Lacking(ComparedRow row) => Lacking(row.Unpriced, row.Unconverted, row.Incomplete);

    /// <summary>What is in no amount, or in part: <c>1.2 M tokens unpriced, €10.00 unconverted</c>.</summary>
    public static string Lacking(IReadOnlyDictionary<string, decimal> unpriced, IReadOnlyDictionary<string, decimal> unconverted, IReadOnlyDictionary<string,
        decimal> incomplete) => string.Join(", ",
    [
        .. unpriced.Count > 0 ? (string[])[$"{Pages.Quantity.Short(unpriced)} unpriced"] : [], .. unconverted.Count > 0
            ? (string[])[$"{Money.InEach(unconverted)} unconverted"] : [],
        .. incomplete.Count > 0 ? (string[])[$"{Pages.Quantity.Short(incomplete)} incomplete"] : [],
    ]);

    /// <summary>Says whether it could be chance, and how often chance alone does that.</summary>
    public static string Difference(ComparedShare share)
    {
        var points = Math.Abs(share.Difference) * 100;
        var more = share.Difference == 0 ? "the same as"
            : $"{points.ToString("0.##", CultureInfo.InvariantCulture)} points {(share.Difference > 0 ? "above" : "below")}";
        return $"{char.ToUpperInvariant(share.Metric[0])}{share.Metric[1..]} of {Name(share.Other)} is {more} {Name(share.One)}: {Verdict(share)} (p {Probability(share.SequentialPValue)} however often one looks, {Probability(share.PValue)} for one look).";
    }

    public static string Verdict(ComparedShare share) => share.IsDifferent ? "more than chance" : "could be chance";

    public static string Probability(double p) => p < 0.0001 ? "< 0.0001" : p.ToString("0.####", CultureInfo.InvariantCulture);

    public static string Frontier(FrontierRow point, string metric) =>
        $"{point.Name}: {(point.Missing is { } missing ? $"not on the frontier, since {missing}" : point.IsOnFrontier ? $"on the frontier of {metric} against cost" : $"{point.BeatenBy} is at least as good and costs no more")}.";

    /// <summary>A run, with what its losses say.</summary>
    public static string Run(ModelRun run, string currency) => $"{run.RunId} {Amount(run.Cost, currency)}{(run.Curve is { Turned: true } curve ? $", validation turned after epoch {curve.BestEpoch} of {curve.Epochs}" : "")}"
        + (run.EarlyStopSaves > 0 ? $", stopping early would have saved {Amount(run.EarlyStopSaves, currency)}" : "");

    public static string Recommended(Advice advice) => advice.Recommended is { } approach ? Label.Of(approach) : "nothing yet, since nothing is known of it";

    /// <summary>What a month's tokens cost, and had cost elsewhere.</summary>
    public static string Saved(CounterfactualFigures figures, string currency)
    {
        var (was, had) = (Lacking(figures.Unpriced, NoAmounts, figures.Incomplete), Lacking(figures.CounterfactualUnpriced, NoAmounts, figures.CounterfactualIncomplete));
        var range = figures.Counterfactual;
        var text = $"{Count(figures.Requests)} requests cost {Money.Text(figures.Actual, currency)}{In(was)}; they would have cost {Money.Text(range.Expected, currency)}"
            + $"{(range.Low == range.High ? "" : $" ({Money.Text(range.Low, currency)} to {Money.Text(range.High, currency)})")}{In(had)}.";
        return figures.Saves switch
        {
            null => $"{text} What that would have saved is not known, since not all of it has a price.",
            { Expected: >= 0 } saves => $"{text} That is {Money.Text(saves.Expected, currency)} less.",
            { } saves => $"{text} That is {Money.Text(-saves.Expected, currency)} more.",
        };

        static string In(string lacking) => lacking.Length == 0 ? "" : $" ({lacking})";
    }

    /// <summary>Where the factor of the tokens comes from.</summary>
    public static string Factor(CounterfactualFigures figures)
    {
        var factor = figures.TokenFactor;
        var text = factor.HasRange ? $"{Number(factor.Expected)} ({Number(factor.Low)} to {Number(factor.High)})" : Number(factor.Expected);
        return figures.FactorFrom switch
        {
            "measured" => $"Tokens × {text}, as measured in {figures.Measured!.Months} {(figures.Measured.Months == 1 ? "month" : "months")} of use.",
            "given" => $"Tokens × {text}, as given.",
            _ => "The same tokens are assumed.",
        };

        static string Number(decimal number) => number.ToString("0.######", CultureInfo.InvariantCulture);
    }

    private static readonly Dictionary<string, decimal> NoAmounts = [];

    /// <summary>From which volume on a fine-tuned model costs less: never and already are answers.</summary>
    public static string BreakEven(AdviceBreakEven? breakEven) => breakEven switch
    {
        null => "From which volume on a fine-tuned model would cost less is not known: both approaches have to be used, and all of their cost priced.",
        { Answer: "never" } => "A fine-tuned model costs less at no volume: a request costs as much there in tokens, or more.",
        { Answer: "already", RequestsPerMonth: var from } => $"The fine-tuned model costs less already: it does from {Count(from!.Value)} requests a month on.",
        { RequestsPerMonth: var from } => $"The fine-tuned model costs less from {Count(from!.Value)} requests a month on.",
    };

    public static string Done(AdviceStep step) => step.IsDone switch { true => "done", false => "open", _ => "cannot be told" };

    public static string Count(decimal number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Name(string name) => name.Length == 0 ? "usage without a variant" : name;

    private static string Bare(decimal share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture);
}
