using SpendTracker.Events;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Tests.Architecture;

/// <summary>
/// Folders stand on floors, and use only what is on a lower one: never upward, and never beside. So there is no circle, and a
/// folder can be read with nothing above it in mind. Each project reference points one way by itself; this is the same within.
/// </summary>
public sealed class FloorTests
{
    private static readonly string[][] BaseFloors = [["Values"], ["Events"], ["Usage"], ["Marten"]];

    private static readonly string[][] CoreFloors =
    [
        ["Log"], ["Settings", "Access", "Workloads", "Views"], ["Usage", "Activities"], ["Estimates", "Rates"], ["Costs"], ["Closing", "Explorer", "Alerts", "Forecasts"], ["Anomalies", "Budgets", "Plans", "Reports"], ["Comparison", "Gaps"],
        [Rooms.Roof],
    ];

    private static readonly string[][] WebFloors =
    [
        ["Requests"], ["Access", "Events"], ["Exports"], ["Pages"], ["Ingest", "Workloads", "Estimates", "Closing", "SetAside", "Alerts", "Costs", "Keys", "Activities", "Persons", "Views", "Health"], ["Import", "Anomalies", "Budgets", "Plans", "Explorer", "Comparison", "Forecasts"], ["Rates", "Reports", "Connect"], ["Gaps"], ["Assistants", "Reference"],
        ["Hosting"], ["Demo"], ["Commands"], [Rooms.Roof],
    ];

    private static readonly Rooms Base = new(typeof(EventTypes).Assembly, "src/SpendTracker.Marten", "SpendTracker", "Values");

    private static readonly Rooms Core = new(typeof(SpendDatabase).Assembly, "src/SpendTracker", "SpendTracker", null);

    private static readonly Rooms Web = new(typeof(SpendTrackerHost).Assembly, "src/SpendTracker.Web", "SpendTracker.Web", null);

    [Fact]
    public void Folders_of_what_all_stand_on_use_only_lower_ones() => AssertDownward(Base, BaseFloors);

    [Fact]
    public void Folders_of_the_core_use_only_lower_ones() => AssertDownward(Core, CoreFloors);

    [Fact]
    public void Folders_of_the_host_use_only_lower_ones() => AssertDownward(Web, WebFloors);

    /// <summary>Or a type would count for another folder than the one it lies in.</summary>
    [Fact]
    public void Every_file_has_the_namespace_of_its_folder() => Assert.Empty(Base.Misplaced.Concat(Core.Misplaced).Concat(Web.Misplaced));

    /// <summary>If the reading went blind, the tests above would pass whatever the code does.</summary>
    [Fact]
    public void Arrows_of_each_kind_are_seen()
    {
        Assert.Contains(Core.Arrows, arrow => (arrow.User, arrow.Used) == ("BudgetContributors", "UsageEventQuery")); // A field and a call.
        Assert.Contains(Base.Arrows, arrow => (arrow.User, arrow.Used) == ("src/SpendTracker.Marten/Usage/UsageRules.cs", "TextLength")); // A constant.
        Assert.Contains(Core.Arrows, arrow => arrow is { From: "Costs", To: "Usage", User: "CostLines" or "UsageRows", Used: "UsageQuantity" }); // In a loop's body.
        Assert.Contains(Web.Arrows, arrow => (arrow.User, arrow.Used) == ("BudgetAlerts", "AlertTable")); // A tag in markup.
        Assert.Contains(Web.Arrows, arrow => arrow.Used == "using SpendTracker.Web.Requests");
    }

    /// <summary>Marten owns its tables. Only the log's folder reads and writes them, and what takes turns with it in a Marten session.</summary>
    [Fact]
    public void Martens_tables_are_named_by_the_log_alone()
    {
        var naming = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path).Contains("mt_", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal)).ToArray();

        Assert.Contains("src/SpendTracker/Log/LogTables.cs", naming);
        Assert.DoesNotContain(naming, path => !path.StartsWith("src/SpendTracker/Log/", StringComparison.Ordinal) && path != "src/SpendTracker.Marten/Marten/UsageStreamLocks.cs");
    }

    private static void AssertDownward(Rooms rooms, string[][] floors)
    {
        var floorOf = floors.Index().SelectMany(floor => floor.Item, (floor, room) => (room, floor.Index)).ToDictionary();

        Assert.Equal(rooms.Names, floorOf.Keys.Order(StringComparer.Ordinal)); // A new folder needs a floor.
        var wrong = rooms.Arrows.Where(arrow => floorOf[arrow.To] >= floorOf[arrow.From]).Select(arrow => arrow.ToString()).Order(StringComparer.Ordinal).ToArray();
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }
}
