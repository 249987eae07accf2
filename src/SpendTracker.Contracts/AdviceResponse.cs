namespace SpendTracker.Contracts;

/// <summary>Which approach a workload should take, and why.</summary>
/// <param name="Workload">The workload's id.</param>
/// <param name="From">The first month of its figures.</param>
/// <param name="To">The last of the span.</param>
/// <param name="Recommended">Null if nothing is known of the workload.</param>
/// <param name="RequestsPerMonth">How many requests a month.</param>
/// <param name="Reasons">Why.</param>
/// <param name="Changes">What would change.</param>
/// <param name="BreakEven">From which volume a fine-tuned model costs less.</param>
/// <param name="NotKnown">What would have to be recorded to say more.</param>
/// <param name="Steps">The guides' check list, with what events say of each step.</param>
public sealed record AdviceResponse(
    string Workload, string From, string To, Approach? Recommended, decimal? RequestsPerMonth, IReadOnlyList<AdviceReasonRow> Reasons,
        IReadOnlyList<string> Changes, AdviceBreakEven? BreakEven,
    IReadOnlyList<string> NotKnown, IReadOnlyList<AdviceStep> Steps);

/// <summary>Something that speaks for an approach.</summary>
/// <param name="Criterion">What the reason is about.</param>
/// <param name="Favours">The approach that it speaks for.</param>
/// <param name="Text">In words.</param>
/// <param name="Figures">Where its figures are, over the API; null if it is what the team states.</param>
public sealed record AdviceReasonRow(string Criterion, Approach Favours, string Text, string? Figures);

/// <summary>From which volume a fine-tuned model costs less than prompts, by the workload's own numbers.</summary>
/// <param name="RequestsPerMonth">Null is never: a request costs as much there, or more. 0 is always.</param>
/// <param name="IsReached">Whether the workload has as many.</param>
public sealed record AdviceBreakEven(decimal? RequestsPerMonth, bool IsReached)
{
    /// <summary><c>never</c>, <c>already</c>, or <c>from</c> the volume on.</summary>
    public string Answer => RequestsPerMonth is null ? "never" : IsReached ? "already" : "from";
}

/// <summary>A step of the guides.</summary>
/// <param name="Approach">The approach.</param>
/// <param name="Group">What the step belongs to.</param>
/// <param name="Step">What to do.</param>
/// <param name="IsDone">Null if events cannot tell.</param>
/// <param name="Evidence">What events say.</param>
public sealed record AdviceStep(Approach Approach, string Group, string Step, bool? IsDone, string Evidence);
