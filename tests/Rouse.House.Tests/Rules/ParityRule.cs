using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Rouse.House.Tests.Rules;

/// <summary>
/// Every attribute, flag, type, operator, option and signal of the original stands in a case that is played with the original and with
/// ours: what the code's own tables list, some file of the comparison writes.
/// </summary>
internal static partial class ParityRule
{
    public const string Cases = "tests/Rouse.Parity.Tests";
    public const string Attributes = "src/Rouse.Config/Attributes/AttributeTable.cs";
    public const string Words = "src/Rouse.Config/Attributes/WordValues.cs";
    public const string Options = "src/Roused/XinetdOptions.cs";
    public const string SignalNumbers = "src/Rouse.Linux/Signals.cs";

    // Ours alone, or not for the daemon's life.
    private static readonly HashSet<string> Ours = ["-control", "-demonstration", "-demo", "-help", "-h", "-?"];

    // KILL cannot be taken; CHLD is every case in which a server ends.
    private static readonly HashSet<string> Untestable = ["KILL", "CHLD"];

    // What the comparison's harness calls them.
    private static readonly Dictionary<string, string> HarnessNames = new()
    {
        ["HUP"] = "Hangup",
        ["INT"] = "Interrupt",
        ["QUIT"] = "Quit",
        ["USR1"] = "User1",
        ["USR2"] = "User2",
        ["PIPE"] = "Pipe",
        ["TERM"] = "Terminate",
        ["TSTP"] = "TerminalStop",
    };

    public static IEnumerable<string> Faults(IReadOnlyList<HouseFile> files)
    {
        string cases = string.Join('\n', files.Where(file => file.IsUnder(Cases) && file.HasExtension(".cs")).Select(file => file.Text));
        return AttributeFaults(files, cases).Concat(WordFaults(files, cases)).Concat(OperatorFaults(cases)).Concat(OptionFaults(files, cases))
            .Concat(SignalFaults(files, cases));
    }

    private static IEnumerable<string> AttributeFaults(IReadOnlyList<HouseFile> files, string cases) =>
        from name in Row().Matches(Text(files, Attributes)).Select(match => match.Groups["name"].Value)
        where !Regex.IsMatch(cases, $@"(?<!\w){name} *[+-]?=")
        select Fault("attribute", name);

    private static IEnumerable<string> WordFaults(IReadOnlyList<HouseFile> files, string cases) =>
        from name in Word().Matches(Text(files, Words)).Select(match => match.Groups["name"].Value)
        where !Regex.IsMatch(cases, $@"\b{name}\b", RegexOptions.IgnoreCase)
        select Fault("word", name);

    private static IEnumerable<string> OperatorFaults(string cases) =>
        from name in new[] { " = ", " += ", " -= " } where !cases.Contains(name) select Fault("operator", name.Trim());

    private static IEnumerable<string> OptionFaults(IReadOnlyList<HouseFile> files, string cases) =>
        from name in Option().Matches(Text(files, Options)).Select(match => match.Groups["name"].Value).Distinct()
        where !Ours.Contains(name) && !cases.Contains($"\"{name}\"") && !cases.Contains($"\"{name} ")
        select Fault("option", name);

    private static IEnumerable<string> SignalFaults(IReadOnlyList<HouseFile> files, string cases) =>
        from match in Signal().Matches(Text(files, SignalNumbers))
        let name = match.Groups["name"].Value
        let number = match.Groups["number"].Value
        where !Untestable.Contains(name) && !cases.Contains($"InlineData({number})") && !cases.Contains($"(Signal){number}")
            && !(HarnessNames.TryGetValue(name, out string? known) && cases.Contains($"Signal.{known}"))
        select Fault("signal", name);

    private static string Fault(string kind, string name) => $"{Cases}: no case has the {kind} {name}";

    private static string Text(IReadOnlyList<HouseFile> files, string path) => files.Single(file => file.Path == path).Text;

    [GeneratedRegex(@"new\(""(?<name>\w+)"", Id\.", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    // A word and the flag or type that it stands for.
    [GeneratedRegex(@"Is\(""(?<name>\w+)""u8\) => (ServiceFlags|ServiceTypes|SocketType)\.", RegexOptions.ExplicitCapture)]
    private static partial Regex Word();

    [GeneratedRegex(@"""(?<name>-\w+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Option();

    [GeneratedRegex(@"public const int (?<name>\w+) = (?<number>\d+);", RegexOptions.ExplicitCapture)]
    private static partial Regex Signal();
}
