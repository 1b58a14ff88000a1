using System;
using System.Reflection;
using Rouse.Harness;
using Xunit.v3;

namespace Rouse.Parity.Tests.Runner;

/// <summary>
/// Plays a case with the original and with ours and compares both transcripts with the recorded one. The record keeps a case
/// from agreeing about nothing, and lets ours be checked where the original cannot be had.
/// </summary>
internal static class Comparison
{
    /// <summary>Both are to be seen as recorded.</summary>
    public static void Same(Action<Scene> play, string record) => Run(play, record, record);

    /// <summary>A wanted difference: each is to be seen as recorded for it.</summary>
    public static void Differs(string why, Action<Scene> play, string original, string ours)
    {
        Assert.False(string.IsNullOrWhiteSpace(why), "a difference has a reason");
        Assert.NotEqual(original, ours);
        Run(play, original, ours);
    }

    /// <summary>What is wrong with what ours showed, or null; a known gap turns the question round.</summary>
    public static string? Fault(bool asRecorded, string? gap) => (asRecorded, gap) switch
    {
        (false, null) => "ours differs from the record",
        (true, not null) => $"the known gap «{gap}» is closed: take its mark away",
        _ => null,
    };

    private static void Run(Action<Scene> play, string original, string ours)
    {
        string? missing = Subjects.Includes(Subject.Original) ? Originals.WhyNot("xinetd") : null;
        Player? playsOriginal = Subjects.Includes(Subject.Original) && missing is null ? new Player(play, Subject.Original) : null;
        Player? playsOurs = Subjects.Includes(Subject.Ours) ? new Player(play, Subject.Ours) : null;
        (string? byOriginal, string? byOurs) = (playsOriginal?.Finish(), playsOurs?.Finish());

        if (byOriginal is not null && byOriginal != Normal(original))
        {
            Assert.Fail(Describe("the original differs from the record", original, byOriginal));
        }

        if (byOurs is not null && Fault(byOurs == Normal(ours), KnownGap()) is string fault)
        {
            Assert.Fail(Describe(fault, ours, byOurs));
        }

        if (missing is not null)
        {
            Assert.Skip(byOurs is null ? missing : missing + " (ours agrees with the record)");
        }
    }

    private static string Describe(string fault, string record, string seen) =>
        $"{fault}\n--- record\n{Normal(record)}\n--- seen\n{seen}\n---";

    private static string Normal(string record) => record.ReplaceLineEndings("\n").Trim('\n');

    private static string? KnownGap() =>
        (TestContext.Current.TestMethod as IXunitTestMethod)?.Method.GetCustomAttribute<KnownGapAttribute>()?.Gap;
}
