using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>One model of a <see cref="PriceMap"/>. Its members' names are those of LiteLLM's file.</summary>
internal sealed partial class PriceMapEntry
{
    private const decimal PerTokens = 1_000_000;

    /// <summary>Of a million tokens, or of a request: a map's prices are in dollars, so more is a mistake.</summary>
    private const decimal MostDollars = 1_000_000;

    private const int MostDigits = 28;
    private const int MostShown = 40;
    private const string RequestMember = "input_cost_per_request";

    /// <summary>Prices by ranges of the context length.</summary>
    public const string TieredMember = "tiered_pricing";

    /// <summary>Kinds of models whose tokens are counted as they are priced: elsewhere sounds and pictures are among the tokens, at another price.</summary>
    private static readonly string[] Modes = ["chat", "completion", "responses", "embedding"];

    private readonly Dictionary<(string Meter, int AboveTokens), decimal> _unitPrices = [];
    private readonly Dictionary<(string Meter, int AboveTokens), string> _members = [];
    private readonly FieldReasons _malformed = new();
    private readonly List<FieldReason> _rounded = [];
    private readonly List<string> _leftOut = [];

    /// <summary>Null where it cannot be told.</summary>
    public string? Sku { get; private set; }

    /// <summary>Why there is nothing to price; null where there is.</summary>
    public string? NotPriced { get; private set; }

    public FieldReasons Malformed => _malformed;

    public IReadOnlyList<MeterPrice> Prices { get; private set; } = [];

    /// <summary>Members whose price ended in the noise of a double, which was cut off.</summary>
    public IReadOnlyList<FieldReason> Rounded => _rounded;

    /// <summary>Members with prices that are not carried over.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>What these members are for, as far as usage tells it apart and the prices here are others.</summary>
    public IReadOnlyList<NotCarriedPrice> NotCarried { get; private set; } = [];

    public static PriceMapEntry Read(string model, JsonElement json)
    {
        var entry = new PriceMapEntry();
        if (json.ValueKind != JsonValueKind.Object)
        {
            entry._malformed.Add("", "Must be an object.");
            return entry;
        }

        entry.ReadMembers(model, json);
        return entry;
    }

    /// <summary>
    /// The SKU that our events give the model: the provider as they name it, and the model without it. Names of entries may
    /// begin with the provider, by itself or as the family that it belongs to: <c>vertex_ai/…</c> of <c>vertex_ai-llama_models</c>.
    /// </summary>
    public static string SkuOf(string model, string provider)
    {
        var first = model[..Math.Max(model.IndexOf('/', StringComparison.Ordinal), 0)];
        var carried = first.Length > 0 && provider.StartsWith(first, StringComparison.Ordinal) && (provider.Length == first.Length || provider[first.Length] is '-' or '_');
        return carried ? $"{Reported(first)}/{model[(first.Length + 1)..]}" : $"{Reported(provider)}/{model}";
    }

    private static string Reported(string provider) => provider switch
    {
        "gemini" => "google",
        "azure_text" => "azure",
        "bedrock_converse" => "bedrock",
        "cohere_chat" => "cohere",
        _ when provider.StartsWith("text-completion-", StringComparison.Ordinal) => provider["text-completion-".Length..],
        _ when provider.IndexOf("_ai-", StringComparison.Ordinal) is var family and >= 0 => provider[..(family + "_ai".Length)],
        _ => provider,
    };

    // The same price may be stated for either order of step and tier.
    [GeneratedRegex("^(?<what>input_cost_per_token|output_cost_per_token|output_cost_per_reasoning_token|cache_read_input_token_cost|cache_creation_input_token_cost)(_(?<tier>batches|flex|priority))?(_above_(?<step>[0-9]{1,4})k_tokens)?(_(?<tier>batches|flex|priority))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex TokenMember();

    private void ReadMembers(string model, JsonElement json)
    {
        HashSet<string> seen = [];
        string? provider = null, mode = null;
        foreach (var member in json.EnumerateObject())
        {
            Check(seen.Add(member.Name), member.Name, "Given twice.");
            switch (member.Name)
            {
                case "litellm_provider": provider = Text(member); break;
                case "mode": mode = Text(member); break;
                default: ReadPrice(member); break;
            }
        }

        CheckSku(model, provider);
        if (mode is not null && !Modes.Contains(mode))
        {
            NotPriced = $"mode {mode}"; // Nothing of it is counted here, so that nothing is left out.
            _leftOut.Clear();
        }
        else if (_unitPrices.Count == 0 && _malformed.Count == 0)
        {
            NotPriced = _leftOut.Contains(TieredMember) ? TieredMember : "no price for a token or a request";
        }
        else if (_malformed.Count == 0)
        {
            Complete();
            NotCarried = UncarriedPrices.Of(json, _leftOut, _unitPrices);
        }
    }

    private void CheckSku(string model, string? provider)
    {
        var check = new FieldCheck();
        check.Key("litellm_provider", provider);
        if (check.Reasons.Count == 0)
        {
            var sku = SkuOf(model, provider!);
            check.Text("", sku, TextLength.Name);
            Sku = check.Reasons.Count == 0 ? sku : null;
        }

        _malformed.Add(check.Reasons);
    }

    private string? Text(JsonProperty member)
    {
        var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null;
        Check(text is not null || member.Value.ValueKind == JsonValueKind.Null, member.Name, "Must be a text.");
        return text;
    }

    private void ReadPrice(JsonProperty member)
    {
        var match = TokenMember().Match(member.Name);
        if (!match.Success && member.Name != RequestMember)
        {
            if (UncarriedPrices.IsPrice(member))
            {
                _leftOut.Add(member.Name);
            }

            return;
        }

        if (member.Value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        var meter = match.Success ? MeterOf(match.Groups["what"].Value, match.Groups["tier"].Value) : Meters.Requests;
        var above = match.Groups["step"] is { Success: true, Value: var thousands } ? int.Parse(thousands, CultureInfo.InvariantCulture) * 1_000 : 0;
        if (!Meters.Steps.Contains(above))
        {
            _leftOut.Add(member.Name);
            return;
        }

        Check(_members.TryAdd((meter, above), member.Name), member.Name, "Says the price of another member again.");
        _unitPrices[(meter, above)] = UnitPrice(member, match.Success ? MostDollars / PerTokens : MostDollars);
    }

    /// <summary>The meter that a member's name means; null for a member that is for no tokens that are counted.</summary>
    public static string? MeterOf(string member) => TokenMember().Match(member) is { Success: true } match ? MeterOf(match.Groups["what"].Value, match.Groups["tier"].Value) : null;

    private static string MeterOf(string what, string tier)
    {
        var meter = what switch
        {
            "input_cost_per_token" => Meters.InputTokens,
            "output_cost_per_token" => Meters.OutputTokens,
            "output_cost_per_reasoning_token" => Meters.ReasoningTokens,
            "cache_read_input_token_cost" => Meters.CachedInputTokens,
            _ => Meters.CacheWriteTokens,
        };
        return Meters.InTier(meter, tier switch
        {
            "batches" => ServiceTier.Batch,
            "flex" => ServiceTier.Flex,
            "priority" => ServiceTier.Priority,
            _ => ServiceTier.Standard,
        });
    }

    /// <summary>The number as it is written, but for the noise of a double, which is cut off and named. A price that would have to be rounded is none.</summary>
    private decimal UnitPrice(JsonProperty member, decimal most)
    {
        if (member.Value.ValueKind != JsonValueKind.Number)
        {
            _malformed.Add(member.Name, "Must be a number.");
            return 0;
        }

        var written = member.Value.GetRawText();
        var digits = written[..(written.AsSpan().IndexOfAny('e', 'E') is var exponent and >= 0 ? exponent : written.Length)].Replace(".", "", StringComparison.Ordinal).Trim('-', '0');
        var known = decimal.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var price);
        var kept = FieldCheck.PriceWithoutNoise(price, per: 1);
        var exact = price == 0 == (digits.Length == 0) && Math.Round(kept, 12) == kept;
        var shown = written.Length <= MostShown ? written : written[..MostShown] + "…";
        Check(!written.StartsWith('-') || digits.Length == 0, member.Name, "Must not be negative.");
        Check(known && price <= most, member.Name, string.Create(CultureInfo.InvariantCulture, $"Must be at most {most:#,0} US dollars."));
        Check(!known || exact, member.Name, $"{shown} has more than 12 decimals.");
        if (kept != price || digits.Length > MostDigits)
        {
            _rounded.Add(new(member.Name, string.Create(CultureInfo.InvariantCulture, $"{shown} was rounded to {kept}.")));
        }

        return kept;
    }

    private void Check(bool holds, string field, string reason)
    {
        if (!holds)
        {
            _malformed.Add(field, reason);
        }
    }

    private void Complete()
    {
        foreach (var ((meter, above), member) in _members.Where(price => price.Key.AboveTokens > 0 && !_unitPrices.ContainsKey((price.Key.Meter, 0))))
        {
            // A price for long contexts beside none for short ones.
            _unitPrices.Remove((meter, above));
            _leftOut.Add(member);
        }

        foreach (var tier in Enum.GetValues<ServiceTier>())
        {
            AddReasoning(Meters.InTier(Meters.OutputTokens, tier), Meters.InTier(Meters.ReasoningTokens, tier));
        }

        Prices =
        [
            .. _unitPrices.OrderBy(price => Meters.Priced.Index().First(meter => meter.Item == price.Key.Meter).Index).ThenBy(price => price.Key.AboveTokens).Select(price =>
            {
                var per = price.Key.Meter == Meters.Requests ? 1 : PerTokens;

                // The division takes away the zeros at the end that a product of decimals has.
                return new MeterPrice(price.Key.Meter, price.Value * per / 1.0000000000000000000000000000m, per, price.Key.AboveTokens);
            }),
        ];
    }

    /// <summary>
    /// In this format reasoning is output unless it has a price of its own, while here no meter falls back to another. A price
    /// of its own that is the output's says the same as none, so the output's steps go for it too.
    /// </summary>
    private void AddReasoning(string output, string reasoning)
    {
        if (!_unitPrices.TryGetValue((output, 0), out var price) || (_unitPrices.TryGetValue((reasoning, 0), out var own) && own != price))
        {
            return;
        }

        foreach (var (key, step) in _unitPrices.Where(step => step.Key.Meter == output).ToArray())
        {
            _unitPrices.TryAdd((reasoning, key.AboveTokens), step);
        }
    }
}
