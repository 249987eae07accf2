using System.Reflection;
using System.Text.RegularExpressions;

namespace SpendTracker.Tests.Architecture;

/// <summary>One room uses a type of another.</summary>
internal sealed record Arrow(string From, string To, string User, string Used)
{
    public override string ToString() => $"{From} → {To}: {User} uses {Used}";
}

/// <summary>
/// The folders of one project, and which uses which. Code is read as compiled; what the compiler leaves no trace of (constants,
/// <c>nameof</c>, imports) is read in the source files.
/// </summary>
/// <param name="project">Its folder in the repository.</param>
/// <param name="root">The namespace that its folders' begin with.</param>
/// <param name="ground">The folder whose types are in the project's own namespace, since all use them; null if there is none.</param>
internal sealed partial class Rooms(Assembly assembly, string project, string root, string? ground)
{
    /// <summary>The room of what lies in no folder: it composes the others.</summary>
    public const string Roof = "";

    private readonly SourceFile[] _files = [.. SourceFile.In(project)];

    /// <summary>Folders with source files in them.</summary>
    public IReadOnlyList<string> Names => [.. _files.Select(file => file.Room).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Source files whose namespace is not their folder's.</summary>
    public IEnumerable<string> Misplaced => _files
        .Where(file => file.Namespace is { } name && name != (file.Room == ground ? root : $"{root}.{file.Folder.Replace('/', '.')}".TrimEnd('.')))
        .Select(file => file.Path);

    public IReadOnlyList<Arrow> Arrows => field ??= [.. FromCode().Concat(FromSource()).Where(arrow => arrow.From != arrow.To).Distinct()];

    private IEnumerable<Arrow> FromCode() =>
        from type in assembly.GetTypes()
        where !type.IsNested
        let room = RoomOf(type)
        where room is not null
        from used in UsedTypes.Of(type)
        let other = RoomOf(used)
        where other is not null
        select new Arrow(room, other, type.Name, used.Name);

    private IEnumerable<Arrow> FromSource()
    {
        var constants = assembly.GetTypes()
            .Where(type => !type.IsNestedPrivate && RoomOf(type) is not null)
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static).Where(field => field.IsLiteral))
            .ToLookup(field => $"{field.DeclaringType!.Name}.{field.Name}", field => field.DeclaringType!);
        var types = assembly.GetTypes().Where(type => RoomOf(type) is not null).ToLookup(type => type.Name);
        return _files.SelectMany(file =>
            from used in file.Members.SelectMany(member => constants[member]).Concat(file.NamesOf.SelectMany(name => types[name]))
            select new Arrow(file.Room, RoomOf(used)!, file.Path, used.Name))
            .Concat(
                from file in _files
                where file.Folder.Length > 0
                from import in file.Imports
                where import.StartsWith($"{root}.", StringComparison.Ordinal)
                let room = import[(root.Length + 1)..].Split('.')[0]
                where Names.Contains(room)
                select new Arrow(file.Room, room, file.Path, $"using {import}"));
    }

    /// <summary>Null for what is not of the project, or was generated.</summary>
    private string? RoomOf(Type type)
    {
        for (; type.DeclaringType is { } outer; type = outer)
        {
        }

        if (type.Assembly != assembly || (type.Namespace != root && type.Namespace?.StartsWith($"{root}.", StringComparison.Ordinal) != true))
        {
            return null;
        }

        return type.Namespace != root ? type.Namespace[(root.Length + 1)..].Split('.')[0]
            : _files.Any(file => file.Room == ground && file.Declares(type.Name)) ? ground : Roof;
    }

    /// <summary>A source file, without comments.</summary>
    private sealed partial class SourceFile
    {
        private SourceFile(string root, string path)
        {
            Path = System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/');
            Folder = System.IO.Path.GetRelativePath(root, System.IO.Path.GetDirectoryName(path)!).Replace('\\', '/').TrimStart('.');
            Room = Folder.Split('/')[0];
            var text = Comment.Replace(File.ReadAllText(path), "");
            Namespace = NamespaceLine.Match(text) is { Success: true } match ? match.Groups[1].Value : null;
            Imports = [.. Import.Matches(text).Select(import => import.Groups[1].Value)];
            Members = Member.Matches(text).Select(member => member.Value).ToHashSet();
            NamesOf = [.. NameOf.Matches(text).Select(name => name.Groups[1].Value)];
            _declared = [.. Declaration.Matches(text).Select(declaration => declaration.Groups[1].Value)];
        }

        private readonly HashSet<string> _declared;

        public string Path { get; }

        public string Folder { get; }

        public string Room { get; }

        public string? Namespace { get; }

        public IReadOnlyList<string> Imports { get; }

        /// <summary>Each <c>Name.Name</c>, which may be a type's constant.</summary>
        public IReadOnlySet<string> Members { get; }

        public IReadOnlyList<string> NamesOf { get; }

        public bool Declares(string type) => _declared.Contains(type);

        public static IEnumerable<SourceFile> In(string project)
        {
            var root = System.IO.Path.Combine(Repository.Root, project);
            return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
                .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal))
                .Select(path => new SourceFile(root, path))
                .Where(file => file.Room is not ("obj" or "bin"));
        }
    }

    [GeneratedRegex(@"^\s*//.*$|@\*.*?\*@", RegexOptions.Multiline)]
    private static partial Regex Comment { get; }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine { get; }

    [GeneratedRegex(@"^@?using (?:static |\w+ = )?([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Import { get; }

    [GeneratedRegex(@"\b[A-Z]\w*\.[A-Z]\w*")]
    private static partial Regex Member { get; }

    [GeneratedRegex(@"\bnameof\((\w+)")]
    private static partial Regex NameOf { get; }

    [GeneratedRegex(@"\b(?:class|record|struct|enum|interface) ([A-Z]\w*)")]
    private static partial Regex Declaration { get; }
}
