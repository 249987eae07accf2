using System.Text;
using System.Text.Json;
using SpendTracker.Contracts;

namespace SpendTracker.Events;

/// <summary>
/// Reads token usage, which nearly all events are, in a third of the serialiser's time: that boxes each of a record's nineteen
/// members on the way to its constructor. Only the plain form is read here; whatever is unusual, and all that is wrong, is the
/// serialiser's, so that there is one meaning and one set of errors.
/// </summary>
internal static class TokenUsageJson
{
    private const int Required = (1 << 7) - 1;

    /// <returns>Null where the serialiser must look.</returns>
    public static TokenUsageRecorded? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var fields = new Fields();
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                var escaped = reader.ValueIsEscaped;
                reader.Read();
                if (escaped || !fields.Take(name, ref reader))
                {
                    return null;
                }
            }

            return reader.Read() ? null : fields.Usage;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private ref struct Fields()
    {
        private int _seen;
        private string? _workload, _provider, _model, _variant, _reportedCurrency;
        private Approach _approach;
        private ServiceTier _serviceTier = ServiceTier.Standard;
        private Outcome _outcome = Outcome.Unknown;
        private long _inputTokens, _outputTokens, _cachedInputTokens, _cacheWriteTokens, _reasoningTokens, _cacheWrite1hTokens, _audioInputTokens, _audioOutputTokens, _requests = 1;
        private DateTimeOffset _usedAt;
        private decimal? _reportedCost;

        /// <summary>Null where one is missing that must be there.</summary>
        public readonly TokenUsageRecorded? Usage => (_seen & Required) != Required ? null : new(
            _workload!, _approach, _provider!, _model!, _inputTokens, _outputTokens, _usedAt, _cachedInputTokens, _cacheWriteTokens, _reasoningTokens,
            _serviceTier, _requests, _variant, _outcome, _reportedCost, _reportedCurrency, _cacheWrite1hTokens, _audioInputTokens, _audioOutputTokens);

        /// <returns>False where there is no such member, or its value is not of the plain form, or it comes twice.</returns>
        public bool Take(scoped ReadOnlySpan<byte> name, ref Utf8JsonReader reader) => name.Length switch
        {
            5 when name.SequenceEqual("model"u8) => IsFirst(0) && IsText(ref reader, out _model),
            6 when name.SequenceEqual("usedAt"u8) => IsFirst(1) && IsInstant(ref reader, out _usedAt),
            8 when name.SequenceEqual("workload"u8) => IsFirst(2) && IsText(ref reader, out _workload),
            8 when name.SequenceEqual("approach"u8) => IsFirst(3) && IsNamed(ref reader, out _approach),
            8 when name.SequenceEqual("provider"u8) => IsFirst(4) && IsText(ref reader, out _provider),
            11 when name.SequenceEqual("inputTokens"u8) => IsFirst(5) && IsCount(ref reader, out _inputTokens),
            12 when name.SequenceEqual("outputTokens"u8) => IsFirst(6) && IsCount(ref reader, out _outputTokens),
            7 when name.SequenceEqual("variant"u8) => IsFirst(7) && IsText(ref reader, out _variant),
            7 when name.SequenceEqual("outcome"u8) => IsFirst(8) && IsNamed(ref reader, out _outcome),
            8 when name.SequenceEqual("requests"u8) => IsFirst(9) && IsCount(ref reader, out _requests),
            11 when name.SequenceEqual("serviceTier"u8) => IsFirst(10) && IsNamed(ref reader, out _serviceTier),
            12 when name.SequenceEqual("reportedCost"u8) => IsFirst(11) && IsAmount(ref reader, out _reportedCost),
            15 when name.SequenceEqual("reasoningTokens"u8) => IsFirst(12) && IsCount(ref reader, out _reasoningTokens),
            16 when name.SequenceEqual("cacheWriteTokens"u8) => IsFirst(13) && IsCount(ref reader, out _cacheWriteTokens),
            16 when name.SequenceEqual("reportedCurrency"u8) => IsFirst(14) && IsText(ref reader, out _reportedCurrency),
            17 when name.SequenceEqual("cachedInputTokens"u8) => IsFirst(15) && IsCount(ref reader, out _cachedInputTokens),
            16 when name.SequenceEqual("audioInputTokens"u8) => IsFirst(16) && IsCount(ref reader, out _audioInputTokens),
            17 when name.SequenceEqual("audioOutputTokens"u8) => IsFirst(17) && IsCount(ref reader, out _audioOutputTokens),
            18 when name.SequenceEqual("cacheWrite1hTokens"u8) => IsFirst(18) && IsCount(ref reader, out _cacheWrite1hTokens),
            _ => false,
        };

        /// <param name="member">Its bit. Those that must be there are the lowest.</param>
        private bool IsFirst(int member)
        {
            var seen = _seen;
            _seen |= 1 << member;
            return seen != _seen;
        }

        private static bool IsNamed<T>(ref Utf8JsonReader reader, out T value)
            where T : struct, Enum
        {
            value = default;
            return IsText(ref reader, out var name) && EnumName.TryParse(name, out value);
        }

        private static bool IsText(ref Utf8JsonReader reader, out string? text)
        {
            text = reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && Ascii.IsValid(reader.ValueSpan) ? KnownTexts.Of(reader.ValueSpan) : null;
            return text is not null;
        }

        private static bool IsCount(ref Utf8JsonReader reader, out long count)
        {
            count = 0;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out count);
        }

        private static bool IsAmount(ref Utf8JsonReader reader, out decimal? amount)
        {
            amount = reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var number) ? number : null;
            return amount is not null;
        }

        /// <summary>In UTC, as it is stored.</summary>
        private static bool IsInstant(ref Utf8JsonReader reader, out DateTimeOffset instant)
        {
            instant = default;
            return reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && reader.ValueSpan is [.., (byte)'Z']
                && reader.ValueSpan.Contains((byte)'T') && reader.TryGetDateTimeOffset(out instant);
        }
    }

    /// <summary>Texts that come again and again, kept a few hundred a thread: of a page's events, most have the same workloads and models.</summary>
    private static class KnownTexts
    {
        private const int Places = 512;
        private const int Longest = 64;

        [ThreadStatic]
        private static string[]? _texts;

        public static string Of(ReadOnlySpan<byte> text)
        {
            if (text.Length > Longest)
            {
                return Encoding.ASCII.GetString(text);
            }

            _texts ??= new string[Places];
            var hash = 17u;
            foreach (var letter in text)
            {
                hash = (hash * 31) + letter;
            }

            ref var known = ref _texts[hash % Places];
            return known is not null && Ascii.Equals(text, known) ? known : known = Encoding.ASCII.GetString(text);
        }
    }
}
