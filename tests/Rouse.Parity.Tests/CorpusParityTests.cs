using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>
/// Real configurations, as they are but for two things: services are switched on, and servers are the probe (the machine
/// lacks theirs). Both programs must open the same ports, each in a network namespace of its own.
/// </summary>
public sealed partial class CorpusParityTests
{
    // Files that differ, and why; each must, or its line must go.
    private static readonly Dictionary<string, string> Differing = new()
    {
        ["karlcchen__etc__xinetd.d-servers"] = "D-047: the original has the service servers no more",
        ["karlcchen__etc__xinetd.d-services"] = "D-047: the original has the service services no more",
    };

    [Fact]
    public void Real_configurations_open_the_same_ports()
    {
        string[] files = Corpus.Files(Corpus.Xinetd);
        if (!Subjects.Includes(Subject.Original) || !Subjects.Includes(Subject.Ours))
        {
            Assert.Skip("this case compares both programs in one run");
        }

        AsRoot.Needed();
        var differences = new List<string>();
        int opened = 0;
        foreach (string file in files)
        {
            string text = File.ReadAllText(file);
            (string original, string ours) = (Ports(Subject.Original, text), Ports(Subject.Ours, text));
            opened += original.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
            string? gap = Differing.GetValueOrDefault(Path.GetFileName(file));
            if (Comparison.Fault(original == ours, gap) is string fault)
            {
                differences.Add($"{Path.GetFileName(file)}: {fault}: original «{original}», ours «{ours}»");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(opened > 10, $"only {opened} ports in the whole corpus");
    }

    private static string Ports(Subject subject, string text)
    {
        using var stage = new Stage(subject);
        string adapted = Includes().Replace(Server().Replace(Disable().Replace(text, "${head} no"), "${head} " + stage.Probe), "");
        Daemon daemon = stage.Start(adapted, wrapper: ["unshare", "-n"]);
        return string.Join(' ', ProcFs.OpenPorts(daemon.Pid));
    }

    [GeneratedRegex(@"^(?<head>\s*disable\s*=).*$", RegexOptions.Multiline)]
    private static partial Regex Disable();

    [GeneratedRegex(@"^(?<head>\s*server\s*=).*$", RegexOptions.Multiline)]
    private static partial Regex Server();

    // What a file includes is another file of the machine that it came from.
    [GeneratedRegex(@"^include.*$", RegexOptions.Multiline)]
    private static partial Regex Includes();
}
