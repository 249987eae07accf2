namespace SpendTracker.Contracts;

/// <summary>What a team would do, and what it assumes: compared by month, option against option.</summary>
/// <param name="Name">What is planned.</param>
/// <param name="From">First month, <c>yyyy-MM</c>.</param>
/// <param name="Months">How many months are looked at, 1 to 60.</param>
/// <param name="RequestsPerMonth">In the first month; 0 to 10^12.</param>
/// <param name="Options">The ways to do it, 1 to 8, with names of their own.</param>
/// <param name="GrowthPercent">By how much requests grow from month to month; −50 to 50, 0 if not given.</param>
/// <param name="AmortisationMonths">Over how many months what is paid once is written off, in equal parts; 1 to 60.</param>
/// <param name="TaxPercent">On everything; 0 to 100, 0 if not given.</param>
/// <param name="PricesOn">The day whose prices of the book are used; today if not given.</param>
/// <param name="Currency">ISO 4217 code of the amounts that the plan gives, and of the answer; the reporting currency if not given.</param>
public sealed record PlanRequest(
    string Name, string From, int Months, Assumption RequestsPerMonth, IReadOnlyList<PlanOption> Options,
    Assumption? GrowthPercent = null, int AmortisationMonths = 12, Assumption? TaxPercent = null, DateOnly? PricesOn = null, string? Currency = null);

/// <summary>One way to do it.</summary>
/// <param name="Name">What it is called in the answer.</param>
/// <param name="Approach">How the model is adapted.</param>
/// <param name="Routes">Where requests go, 1 to 8; their shares, as expected, add up to 1. Two of them make a hybrid.</param>
/// <param name="Hosting">Models kept running.</param>
/// <param name="Datasets">What is prepared before the first training.</param>
/// <param name="Training">Runs, at the start and again.</param>
/// <param name="Labour">People's work, once or every month.</param>
/// <param name="InfrastructurePerMonth">Gateways, vector stores and the like, as an amount; 0 to 10^12.</param>
/// <param name="AttemptsPerRequest">How often a request is sent until it is done with, retries included; 1 to 100, 1 if not given.</param>
/// <param name="SuccessShare">The share of requests that give what was wanted; above 0, at most 1. Without it no cost of a successful request is told.</param>
/// <param name="Evaluator">A model that judges answers; its share is of all attempts.</param>
/// <param name="SetupWeeks">Weeks of work until it can answer; 0 to 520. Tells when it is ready, and costs nothing by itself.</param>
/// <param name="Retirement">When the base model ends, and what moving on costs.</param>
public sealed record PlanOption(
    string Name, Approach Approach, IReadOnlyList<PlanRoute> Routes, IReadOnlyList<PlanHosting>? Hosting = null,
    IReadOnlyList<PlanDataset>? Datasets = null, PlanTraining? Training = null, IReadOnlyList<PlanLabour>? Labour = null,
    Assumption? InfrastructurePerMonth = null, Assumption? AttemptsPerRequest = null, Assumption? SuccessShare = null,
    PlanRoute? Evaluator = null, Assumption? SetupWeeks = null, PlanRetirement? Retirement = null);

/// <summary>A model that answers requests.</summary>
/// <param name="Sku">What is priced, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="InputTokens">Of a request without its examples, instructions included; 0 to 10^8.</param>
/// <param name="OutputTokens">Of a request; 0 to 10^8.</param>
/// <param name="Share">Of the requests, above 0, at most 1; 1 if not given. Where one moves within its range, the others share what it leaves in proportion to theirs.</param>
/// <param name="ServiceTier">The tier that they are served in.</param>
/// <param name="Examples">In the prompt: 0 for zero-shot, 1 for one-shot, more for few-shot; at most 1,000.</param>
/// <param name="ExampleTokens">Of an example; 0 to 10^6.</param>
/// <param name="CachedShare">The share of the input tokens that is read from the provider's cache; 0 to 1.</param>
/// <param name="Prices">Instead of the price book's.</param>
public sealed record PlanRoute(
    string Sku, Assumption InputTokens, Assumption OutputTokens, Assumption? Share = null, ServiceTier ServiceTier = ServiceTier.Standard,
    int Examples = 0, Assumption? ExampleTokens = null, Assumption? CachedShare = null, IReadOnlyList<PlanMeterPrice>? Prices = null);

/// <summary>The price of a meter, instead of the price book's.</summary>
/// <param name="Meter">What is counted, in the route's tier: e.g. <c>input-tokens</c>, <c>batch-output-tokens</c>.</param>
/// <param name="Price">For so many units; limits as in the price book.</param>
/// <param name="Per">How many units the price is for: 1, 1,000 or 1,000,000.</param>
/// <param name="AboveTokens">Holds for requests with more input tokens than this, up to the next step.</param>
public sealed record PlanMeterPrice(string Meter, Assumption Price, decimal Per = 1, int AboveTokens = 0);

/// <summary>A model that is kept running, whether anybody uses it or not.</summary>
/// <param name="Sku">What is priced by the hour.</param>
/// <param name="HoursPerMonth">Of each unit; 0 to 745. All of a month is 730 on average.</param>
/// <param name="Units">Side by side; 0 to 10,000, 1 if not given.</param>
/// <param name="Price">Of an hour, instead of the price book's.</param>
public sealed record PlanHosting(string Sku, Assumption HoursPerMonth, Assumption? Units = null, Assumption? Price = null);

/// <summary>A dataset. Exactly one of items (with an activity), hours (with a role) or an amount says how much.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Items">To be made; 0 to 10^9, priced as SKU <c>dataset/{activity}</c>.</param>
/// <param name="Activity">What is done to them.</param>
/// <param name="Hours">Of people; 0 to 10^6, priced as SKU <c>labour/{role}</c>.</param>
/// <param name="Role">Who works.</param>
/// <param name="Amount">What somebody charges; 0 to 10^12.</param>
/// <param name="Price">Of an item or an hour, instead of the price book's.</param>
/// <param name="RefreshShare">The share of the work that each later training needs again; 0 to 1, 0 if not given.</param>
public sealed record PlanDataset(
    string Name, Assumption? Items = null, DatasetActivity? Activity = null, Assumption? Hours = null, string? Role = null, Assumption? Amount = null,
    Assumption? Price = null, Assumption? RefreshShare = null);

/// <summary>Training runs. Exactly one of tokens, GPU hours (both with a SKU) or an amount says what a run takes.</summary>
/// <param name="Sku">What is priced.</param>
/// <param name="Tokens">In the training file; 0 to 10^12, times the epochs.</param>
/// <param name="Epochs">Passes over the file; above 0, at most 1,000; 1 if not given.</param>
/// <param name="GpuHours">Hours times GPUs; 0 to 10^6.</param>
/// <param name="Amount">What a run costs; 0 to 10^12.</param>
/// <param name="Runs">Until one is good enough; 1 to 1,000, 1 if not given.</param>
/// <param name="EveryMonths">The model is trained again after so many months, 1 to 60; not at all if not given.</param>
/// <param name="Price">Of a token or an hour, instead of the price book's.</param>
public sealed record PlanTraining(
    string? Sku = null, Assumption? Tokens = null, Assumption? Epochs = null, Assumption? GpuHours = null, Assumption? Amount = null,
    Assumption? Runs = null, int? EveryMonths = null, Assumption? Price = null);

/// <summary>People's work.</summary>
/// <param name="Role">Who works; priced as SKU <c>labour/{role}</c>.</param>
/// <param name="Hours">0 to 10^6.</param>
/// <param name="Activity">What they do.</param>
/// <param name="EveryMonth">Whether the hours are of each month, or once at the start.</param>
/// <param name="Price">Of an hour, instead of the price book's.</param>
public sealed record PlanLabour(string Role, Assumption Hours, LabourActivity Activity, bool EveryMonth = false, Assumption? Price = null);

/// <summary>The provider ends a model.</summary>
/// <param name="Month">The month in which one has moved, <c>yyyy-MM</c>.</param>
/// <param name="Cost">What moving costs; 0 to 10^12.</param>
public sealed record PlanRetirement(string Month, Assumption Cost);
