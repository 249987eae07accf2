using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Tests.Values;

public sealed class FieldCheckTests
{
    [Theory]
    [InlineData(" chat", "Must not begin or end with a blank.")]
    [InlineData("chat ", "Must not begin or end with a blank.")]
    [InlineData("chat\u00A0", "Must not begin or end with a blank.")]
    [InlineData("ch\u200Bat", "Must not contain U+200B, which is invisible.")]
    [InlineData("ch\u200Dat", "Must not contain U+200D, which is invisible.")]
    [InlineData("\uFEFFchat", "Must not contain U+FEFF, which is invisible.")]
    [InlineData("ch\u00ADat", "Must not contain U+00AD, which is invisible.")]
    [InlineData("ch\u2028at", "Must not contain U+2028, which is invisible.")]
    [InlineData("chat\u3164", "Must not contain U+3164, which is invisible.")]
    [InlineData("chat\uFE0F", "Must not contain U+FE0F, which is invisible.")]
    [InlineData("chat\U000E0041", "Must not contain U+E0041, which is invisible.")]
    [InlineData("ch\u200Fat", "Must not contain U+200F, which is invisible.")]
    [InlineData("\u202Echat", "Must not contain characters that turn the direction of the text.")]
    [InlineData("ch\u2066at", "Must not contain characters that turn the direction of the text.")]
    [InlineData("ch\u0007at", "Must not contain control characters.")]
    public void A_name_that_looks_like_another_is_refused_and_counts_where_it_is_stored(string name, string reason)
    {
        var check = new FieldCheck();
        check.Name("name", name, TextLength.Name);
        var stored = new FieldCheck { IsStored = true };
        stored.Name("name", name.Replace('\u0007', 'x'), TextLength.Name);

        Assert.Contains(new FieldReason("name", reason), check.Reasons);
        Assert.Empty(stored.Reasons);
    }

    [Theory]
    [InlineData("Support chat")]
    [InlineData("Équipe café №7")]
    [InlineData("客户支持")]
    [InlineData("دعم العملاء")]
    [InlineData("Team 🚀")]
    public void A_name_in_any_script_is_taken(string name)
    {
        var check = new FieldCheck();
        check.Name("name", name, TextLength.Name);
        check.OptionalName("name", name, TextLength.Name);
        check.OptionalName("name", null, TextLength.Name);

        Assert.Empty(check.Reasons);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public void A_key_or_id_that_addresses_take_out_is_refused(string key)
    {
        var check = new FieldCheck();
        check.Key("workload", key);
        check.Id("budget", key);
        var other = new FieldCheck();
        other.Key("workload", "...");
        other.Id("budget", ".x");

        Assert.Equal((FieldReason[])[new("workload", "Must not be . or .. alone."), new("budget", "Must not be . or .. alone.")], check.Reasons);
        Assert.Empty(other.Reasons);
    }

    /// <summary>Joiners are part of how people write, and a note is nobody's name.</summary>
    [Fact]
    public void A_note_may_have_invisible_characters_but_not_turn_its_direction()
    {
        var check = new FieldCheck();
        check.OptionalText("note", " 👩‍💻 ❤️ می‌خواهم ", TextLength.Description);
        check.OptionalText("turned", "a\u202Eb", TextLength.Description);

        Assert.Equal("turned", Assert.Single(check.Reasons).Field);
    }

    [Theory]
    [InlineData("labour_recorded", "\"hours\":2", "\"hours\":0.0000001", "hours")]
    [InlineData("hosting_hours_recorded", "\"hours\":10", "\"hours\":0.0000001", "hours")]
    [InlineData("hosting_hours_recorded", "\"hours\":10,\"units\":2", "\"hours\":1,\"units\":0.0000001", "units")]
    [InlineData("hosting_hours_recorded", "\"hours\":10,\"units\":2", "\"hours\":0.001,\"units\":0.0004", "units")]
    [InlineData("dataset_prep_recorded", "\"labourHours\":3.5", "\"labourHours\":0.0000001", "labourHours")]
    [InlineData("dataset_prep_recorded", "\"labourHours\":3.5,\"role\":\"annotator\"", "\"items\":0.0000001", "items")]
    [InlineData("training_run_recorded", "\"trainedTokens\":200000,\"epochs\":3", "\"gpuHours\":0.0000001", "gpuHours")]
    [InlineData("training_run_recorded", "\"trainedTokens\":200000,\"epochs\":3", "\"trainedTokens\":1,\"epochs\":0.0000001", "epochs")]
    public void A_quantity_that_would_count_as_nothing_is_refused(string type, string right, string wrong, string field)
    {
        var line = Given.OfEachKindJson.Split('\n').First(line => line.Contains(type, StringComparison.Ordinal));
        Assert.Contains(right, line, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(line.Replace(right, wrong, StringComparison.Ordinal));
        var content = JsonSerializer.SerializeToUtf8Bytes(json.RootElement.EnumerateObject().Where(member => member.Name is not ("type" or "id")).ToDictionary(member => member.Name, member => member.Value));
        var usage = (IUsageEvent)SpendTracker.Events.EventTypes.FindUsage(type)!.Read(content);

        Assert.Contains(field, UsageRules.Check(usage, DateTimeOffset.UtcNow).Select(reason => reason.Field));
        Assert.All(UsageQuantities.Of(usage, TimeZoneInfo.Utc), quantity => Assert.Equal(0, quantity.Quantity));
    }
}
