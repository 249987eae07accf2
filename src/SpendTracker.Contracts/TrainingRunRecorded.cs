namespace SpendTracker.Contracts;

/// <summary>A training run ended. Exactly one of trained tokens or GPU hours says how much it consumed.</summary>
/// <param name="Workload">The workload that the model is for.</param>
/// <param name="Provider">Who ran it, e.g. <c>openai</c>.</param>
/// <param name="Model">The base model that was trained further.</param>
/// <param name="RunId">The provider's id of the run.</param>
/// <param name="CompletedAt">When it ended.</param>
/// <param name="Approach">The approach that it served.</param>
/// <param name="TrainedTokens">Tokens in the training file; multiplied by epochs and priced by meter <c>training-tokens</c>.</param>
/// <param name="Epochs">Passes over the file. Above 0, at most 1,000.</param>
/// <param name="GpuHours">Hours times GPUs; priced by meter <c>gpu-hours</c>.</param>
/// <param name="Sku">What is priced; <c>{provider}/{model}</c> if not given.</param>
/// <param name="TrainingLoss">Training loss at the end of each epoch.</param>
/// <param name="ValidationLoss">Validation loss at the end of each epoch.</param>
/// <param name="StoppedEarly">Whether it was stopped before its last epoch, for instance against overfitting.</param>
public sealed record TrainingRunRecorded(
    string Workload, string Provider, string Model, string RunId, DateTimeOffset CompletedAt, Approach Approach = Approach.FineTuning,
    long? TrainedTokens = null, decimal Epochs = 1, decimal? GpuHours = null, string? Sku = null,
    IReadOnlyList<decimal>? TrainingLoss = null, IReadOnlyList<decimal>? ValidationLoss = null, bool StoppedEarly = false) : IUsageEvent
{
    DateTimeOffset IUsageEvent.OccurredAt => CompletedAt;
}
