namespace SpendTracker.Contracts;

/// <summary>The versions of a workload's fine-tuned model.</summary>
/// <param name="Workload">The workload's id.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="Versions">In the order in which they came into use; what is not used yet last.</param>
public sealed record ModelsResponse(string Workload, string Currency, IReadOnlyList<ModelVersion> Versions);

/// <summary>
/// What a version of a fine-tuned model cost in all, until today. Events say which version served and was hosted. Datasets and runs belong to the
/// next version that came into use after them; labour and everything else to the version in use on its day, before the first to the first.
/// </summary>
/// <param name="Version">The variant; null for what was spent on a version that has not been used yet.</param>
/// <param name="FirstDay">Of its use.</param>
/// <param name="LastDay">Of its use.</param>
/// <param name="Requests">How many requests.</param>
/// <param name="Datasets">What its datasets cost.</param>
/// <param name="Training">All runs, also those that failed, were stopped or not used.</param>
/// <param name="Evaluation">People's hours of evaluation.</param>
/// <param name="Labour">All other hours of people.</param>
/// <param name="Hosting">What its hosting cost.</param>
/// <param name="Inference">Tokens.</param>
/// <param name="Other">Everything else.</param>
/// <param name="Per1000">Of all that it cost, so far.</param>
/// <param name="Runs">The training runs.</param>
/// <param name="Unpriced">What no rate covers: in no amount.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: in no amount.</param>
/// <param name="Incomplete">What is priced incompletely: in the amounts in part.</param>
public sealed record ModelVersion(
    string? Version, DateOnly? FirstDay, DateOnly? LastDay, decimal Requests, decimal Datasets, decimal Training, decimal Evaluation, decimal Labour,
        decimal Hosting, decimal Inference,
    decimal Other, decimal? Per1000, IReadOnlyList<ModelRun> Runs, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string,
        decimal> Unconverted,
    IReadOnlyDictionary<string, decimal> Incomplete)
{
    /// <summary>All of it together.</summary>
    public decimal Total => Datasets + Training + Evaluation + Labour + Hosting + Inference + Other;
}

/// <summary>A training run.</summary>
/// <param name="RunId">The provider's id of the run.</param>
/// <param name="Model">The model's name.</param>
/// <param name="CompletedAt">When it was completed, UTC.</param>
/// <param name="TrainedTokens">Tokens that were trained on.</param>
/// <param name="Epochs">How often the data was gone through.</param>
/// <param name="GpuHours">Hours of GPUs.</param>
/// <param name="StoppedEarly">Whether training was stopped before its last epoch.</param>
/// <param name="TrainingLoss">By epoch.</param>
/// <param name="ValidationLoss">By epoch.</param>
/// <param name="Cost">In the reporting currency; null if it has no price.</param>
/// <param name="Curve">What its losses say; null without a validation loss of two epochs.</param>
/// <param name="EarlyStopSaves">What ending it after the epoch that early stopping would have chosen had saved: share of its epochs × cost.</param>
public sealed record ModelRun(
    string RunId, string Model, DateTimeOffset CompletedAt, decimal? TrainedTokens, decimal Epochs, decimal? GpuHours, bool StoppedEarly,
        IReadOnlyList<decimal> TrainingLoss,
    IReadOnlyList<decimal> ValidationLoss, decimal? Cost, TrainingCurve? Curve, decimal? EarlyStopSaves);

/// <summary>What the losses of a run say.</summary>
/// <param name="Epochs">How often the data was gone through.</param>
/// <param name="BestEpoch">The first with the lowest validation loss, from 1 on.</param>
/// <param name="Turned">Whether validation loss rose afterwards: from then on the model learnt the training data by heart.</param>
/// <param name="EarlyStopEpoch">After which epoch early stopping would have ended it: the first worse one after the best; the last if none came.</param>
/// <param name="SavedShare">The share of the run's epochs after that, 0 to 1.</param>
public sealed record TrainingCurve(int Epochs, int BestEpoch, bool Turned, int EarlyStopEpoch, decimal SavedShare);
