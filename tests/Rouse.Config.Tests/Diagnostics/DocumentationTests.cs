using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using Rouse.Config.Diagnostics;

namespace Rouse.Config.Tests.Diagnostics;

public sealed class DocumentationTests
{
    [Fact]
    public void Every_code_has_a_paragraph_and_every_paragraph_a_code()
    {
        SortedSet<string> documented = [];
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "diagnostics.md"));
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("### RS", StringComparison.Ordinal))
            {
                Assert.True(documented.Add(lines[i].Split(' ')[1]), $"{lines[i]} is there twice");
                Assert.True(lines[i + 1].Length > 20, $"{lines[i]} has no paragraph");
            }
        }

        Assert.Equal(AllCodes(), documented);
    }

    [Fact]
    public void Every_code_is_used_once()
    {
        FieldInfo[] fields = typeof(Codes).GetFields();
        Assert.Equal(fields.Length, AllCodes().Count);
    }

    private static SortedSet<string> AllCodes() =>
        new(Array.ConvertAll(typeof(Codes).GetFields(), field => (string)field.GetRawConstantValue()!), StringComparer.Ordinal);
}
