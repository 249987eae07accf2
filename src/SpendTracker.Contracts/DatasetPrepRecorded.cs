namespace SpendTracker.Contracts;

/// <summary>
/// A dataset was worked on. Exactly one of labour hours (with a role), items or an amount (with a currency) says how much.
/// </summary>
/// <param name="Workload">The workload that the dataset is for.</param>
/// <param name="Dataset">The dataset's name.</param>
/// <param name="Activity">What was done.</param>
/// <param name="PreparedAt">When it was done.</param>
/// <param name="Approach">The approach that the dataset serves; datasets are prepared for fine-tuning unless said otherwise.</param>
/// <param name="LabourHours">Hours of people; priced as SKU <c>labour/{role}</c>, meter <c>labour-hours</c>.</param>
/// <param name="Role">Who worked, e.g. <c>annotator</c>.</param>
/// <param name="Items">Items labelled or made; priced as SKU <c>dataset/{activity}</c>, meter <c>items</c>.</param>
/// <param name="Amount">What somebody charged for it; with limits as a charge's amount.</param>
/// <param name="Currency">ISO 4217 code of the amount.</param>
public sealed record DatasetPrepRecorded(
    string Workload, string Dataset, DatasetActivity Activity, DateTimeOffset PreparedAt, Approach Approach = Approach.FineTuning,
    decimal? LabourHours = null, string? Role = null, decimal? Items = null, decimal? Amount = null, string? Currency = null) : IUsageEvent
{
    DateTimeOffset IUsageEvent.OccurredAt => PreparedAt;
}
