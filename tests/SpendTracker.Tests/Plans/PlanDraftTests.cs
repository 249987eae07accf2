using System.Collections;
using System.Reflection;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Plans;
using SpendTracker.Web.Plans;

namespace SpendTracker.Tests.Plans;

public sealed class PlanDraftTests
{
    private static readonly PlanRequest Enterprise = PlanPresets.All(BillingPeriod.Of(new DateOnly(2027, 1, 1)))[1].Plan;

    /// <summary>A member that is added to the contract and not to the form fails here.</summary>
    [Fact]
    public void The_form_has_every_member_of_a_plan()
    {
        Check(typeof(PlanRequest), PlanMembers.Plan);

        static void Check(Type type, PlanKind kind)
        {
            var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));

            Assert.Equal(members.Keys.Order(StringComparer.Ordinal), kind.Fields.Select(field => field.Member).Concat(kind.Parts).Order(StringComparer.Ordinal));
            Assert.All(kind.Fields, field => Assert.Equal(members[field.Member].PropertyType == typeof(Assumption), field.Kind == PlanFieldKind.Range));
            foreach (var part in kind.Parts)
            {
                var inner = members[part].PropertyType;
                Assert.Equal(inner.IsAssignableTo(typeof(IEnumerable)), PlanMembers.Kinds[part].IsMany);
                Check(inner.IsGenericType ? inner.GetGenericArguments()[0] : inner, PlanMembers.Kinds[part]);
            }
        }
    }

    [Fact]
    public void Typing_what_is_there_already_changes_nothing()
    {
        var draft = new PlanDraft(Enterprise);

        foreach (var field in All(draft.Part).SelectMany(part => part.Fields))
        {
            draft.Set(field, field.Low, field.Expected, field.High);
        }

        Assert.Equal(JsonSerializer.Serialize(Enterprise, ContractsJson.Default.PlanRequest), JsonSerializer.Serialize(Read(draft), ContractsJson.Default.PlanRequest));
    }

    [Fact]
    public void A_range_may_have_one_end_a_certain_value_none_and_nothing_takes_it_away()
    {
        var draft = new PlanDraft(Enterprise);
        draft.Set(Field(draft, "requestsPerMonth"), "", "1,000", "2000");
        draft.Set(Field(draft, "growthPercent"), "", "-1.5", "");
        Assert.Equal((new Assumption(1_000, 1_000, 2_000), new Assumption(-1.5m)), (Read(draft).RequestsPerMonth, Read(draft).GrowthPercent));

        draft.Set(Field(draft, "growthPercent"), " ", "", "");
        Assert.Null(Read(draft).GrowthPercent);
    }

    /// <summary>It is refused with its field, not lost.</summary>
    [Fact]
    public void What_is_no_number_stays_as_it_was_typed()
    {
        var draft = new PlanDraft(Enterprise);
        draft.Set(Field(draft, "options[1].hosting[0].units"), "", "two", "");

        Assert.Equal("two", Field(draft, "options[1].hosting[0].units").Expected);
        Assert.Throws<JsonException>(() => Read(draft));
    }

    [Fact]
    public void Each_part_can_be_added_and_taken_away_again()
    {
        var draft = new PlanDraft(Enterprise);
        foreach (var path in All(draft.Part).Select(part => part.Path).ToArray())
        {
            foreach (var (member, _) in Part(path).Adds)
            {
                var before = draft.Json;
                draft.Add(Part(path), member);
                var added = All(draft.Part).Select(part => part.Path).Except(All(PlanDraft.Read(before)!.Part).Select(part => part.Path)).First();
                Assert.NotNull(JsonSerializer.Serialize(Read(draft), ContractsJson.Default.PlanRequest)); // It can be read at once.
                draft.Remove(Part(added));
                Assert.Equal(before, draft.Json);
            }
        }

        Assert.False(Part("options[0].routes[0]").IsRemovable); // An option needs a model.

        PlanPart Part(string path) => All(draft.Part).Single(part => part.Path == path);
    }

    private static PlanRequest Read(PlanDraft draft) => JsonSerializer.Deserialize(draft.Json, ContractsJson.Default.PlanRequest)!;

    private static PlanField Field(PlanDraft draft, string path) => All(draft.Part).SelectMany(part => part.Fields).Single(field => field.Path == path);

    private static IEnumerable<PlanPart> All(PlanPart part) => [part, .. part.Parts.SelectMany(All)];
}
