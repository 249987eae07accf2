namespace SpendTracker.Rates;

/// <summary>A way in which providers, or people, name fine-tuned models.</summary>
/// <param name="Pattern">A regular expression of PostgreSQL's, which does not look at case; what it finds is <c>provider/model</c> as reported.</param>
/// <param name="Words">What it finds, for people.</param>
/// <param name="Example">A name as reported.</param>
public sealed record FineTunedForm(string Pattern, string Words, string Example);

/// <summary>
/// What looks like the name of a fine-tuned model, which costs something else than the model that it was made from. The
/// patterns of aliases never reach such a name. Rather one name too many: it is shown as unpriced until somebody writes its
/// alias out, while one too few is money that is wrong and that nobody sees. What a name does not show nobody can tell:
/// deployments are named freely.
/// </summary>
public static class FineTunedNames
{
    public static IReadOnlyList<FineTunedForm> Forms { get; } =
    [
        // OpenAI, "Supervised fine-tuning": ft:BASE:ORGANISATION:SUFFIX:ID, with :ckpt-step-N for a checkpoint; before 2023 BASE:ft-ORGANISATION:….
        // Mistral AI, "Fine-tuning": ft:BASE:….
        // Microsoft, "Customize a model with fine-tuning", fine_tuned_model: BASE.ft-ID, which deployments are often named after.
        new("(^|[^a-z0-9])ft([^a-z0-9]|$)", "ft as a word by itself, of OpenAI, Azure OpenAI and Mistral", "azure/gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678"),

        // Google, Gemini API, "Tuned models": tunedModels/ID; and whoever names a deployment or a SKU …-fine-tuned.
        new("tuned", "tuned, of the Gemini API, and of deployments that are named so", "google/tunedModels/number-generator-pvxj7f0a"),

        // AWS, "InvokeModel", modelId: a fine-tuned model's is an ARN of its deployment or of its provisioned throughput; an
        // imported one's of the import. What is provisioned is paid by the hour, also where it is a base model.
        new("[:/](custom-model|custom-model-deployment|imported-model|provisioned-model)/", "ARNs of Bedrock with custom-model, custom-model-deployment, imported-model or provisioned-model", "bedrock/arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/10bnyrrf7js9"),

        // Google, Vertex AI, TuningJob.tunedModel: projects/P/locations/L/endpoints/ID, or its number alone; AWS, SageMaker: …:endpoint/NAME.
        new("(^|[:/])endpoints?/|/[0-9]{10,}$", "endpoints of Vertex AI and SageMaker", "google/projects/123456789012/locations/us-central1/endpoints/4965075652664360960"),

        // The same, its model: projects/P/locations/L/models/ID@VERSION. Google's own are …/publishers/google/models/….
        new("/locations/[^/]+/models/", "models in a project’s own registry of Vertex AI", "google/projects/123456789012/locations/us-central1/models/8423649104572055552@1"),
    ];

    /// <summary>An SQL condition: whether a name looks like a fine-tuned model's.</summary>
    /// <param name="name">An SQL text: <c>provider/model</c> as reported.</param>
    internal static string Sql(string name) => $"{name} ~* '{string.Join('|', Forms.Select(form => form.Pattern))}'";
}
