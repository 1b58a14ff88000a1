using System;
using System.Collections.Generic;
using System.IO;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;

namespace Rouse.Config.Tests.Attributes;

/// <summary>The examples of xinetd.conf(5) are what the parser takes.</summary>
public sealed class ManualExampleTests
{
    [Fact]
    public void Every_example_of_the_manual_page_is_understood()
    {
        Dictionary<string, string> examples = Examples();
        foreach (AttributeRow row in AttributeTable.Rows)
        {
            string line = examples[row.Name];
            MemoryHost host = new();
            host.Programs.Add("/usr/sbin/in.tftpd");
            string kind = row.Name is "socket_type" or "wait" ? "" : "socket_type = stream\nwait = no\n";
            string text = row.Places == Places.Defaults
                ? $"defaults\n{{\n{line}\n}}\n"
                : $"service test\n{{\n{kind}{line}\n}}\n";
            foreach (Diagnostic finding in Loaded.From(text, host).Diagnostics)
            {
                // The service has nothing but this line, so that others are missing; what the line itself says is in order.
                bool isOfTheLine = finding.Span.File is not null && finding.Span.Start > text.IndexOf('{', StringComparison.Ordinal);
                Assert.True(!isOfTheLine || finding.Severity != Severity.Error, $"{line}: {finding.Message}");
            }
        }
    }

    private static Dictionary<string, string> Examples()
    {
        Dictionary<string, string> examples = [];
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "man", "xinetd.conf.5")))
        {
            if (line.StartsWith(".Dl ", StringComparison.Ordinal))
            {
                examples.TryAdd(line[4..].Split(' ')[0], line[4..]);
            }
        }

        return examples;
    }
}
