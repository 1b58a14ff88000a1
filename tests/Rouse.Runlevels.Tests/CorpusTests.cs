using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Scripts;

namespace Rouse.Runlevels.Tests;

/// <summary>Headers of real init scripts, where they are at hand.</summary>
public sealed class CorpusTests
{
    [Fact]
    public void Every_real_script_is_supported_and_on_off_on_gives_the_same_tree()
    {
        string corpus = Environment.GetEnvironmentVariable("ROUSE_CORPUS_INITSCRIPTS")
            ?? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "shared", "corpus", "initscripts"));
        if (!Directory.Exists(corpus))
        {
            Assert.Skip($"no corpus of init scripts at {corpus}");
        }

        using HostTree host = new();
        List<string> names = [];
        foreach (string path in Directory.GetFiles(corpus).Where(path => !path.EndsWith(".tsv")).Order(StringComparer.Ordinal))
        {
            names.Add(Path.GetFileName(path));
            File.Copy(path, host.At($"etc/rc.d/init.d/{names[^1]}"));
            Make(host, names[^1], static (plan, script) => plan.Add(script));
        }

        Assert.True(names.Count > 5, $"only {names.Count} scripts");
        foreach (string name in names)
        {
            foreach (Levels levels in (Levels[])[Levels.Usual, Levels.All, Levels.Of(3)])
            {
                Make(host, name, (plan, script) => plan.Turn(script, levels, on: true));
                string on = host.Snapshot();
                Make(host, name, (plan, script) => plan.Turn(script, levels, on: false));
                Assert.NotEqual(on, host.Snapshot());
                Make(host, name, (plan, script) => plan.Turn(script, levels, on: true));
                Assert.Equal(on, host.Snapshot());
            }
        }
    }

    private static void Make(HostTree host, string name, Action<LinkPlan, InitScript> word)
    {
        Catalogue catalogue = new(host.Open);
        InitScript script = catalogue.Script(name)!;
        Assert.True(script.IsSupported, name);
        LinkPlan plan = new(host.Open, catalogue);
        word(plan, script);
        Assert.Equal("", plan.Fault);
        Assert.True(Transaction.Make(host.Open, () => plan.Steps).Ok);
    }
}
