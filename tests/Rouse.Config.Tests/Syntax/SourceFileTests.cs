using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Syntax;

public sealed class SourceFileTests
{
    [Fact]
    public void Lines_begin_where_a_walk_through_the_bytes_finds_them()
    {
        Random random = new(20261129);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = [.. Enumerable.Range(0, random.Next(0, 12)).Select(_ => (byte)(random.Next(3) == 0 ? '\n' : 'a'))];
            List<int> starts = [0];
            for (int i = 0; i < bytes.Length - 1; i++)
            {
                if (bytes[i] == '\n')
                {
                    starts.Add(i + 1);
                }
            }

            SourceFile file = new("f", bytes);
            Assert.Equal(starts.Count, file.LineCount);
            Assert.Equal(starts, Enumerable.Range(1, file.LineCount).Select(file.StartOf));
        }
    }

    [Fact]
    public void Without_its_text_a_file_still_tells_places_and_what_was_to_be_kept()
    {
        SourceFile file = new("/etc/f", "one\ntwo three\nfour five\n"u8.ToArray());
        SourceSpan two = new(file, 4, 3);
        SourceSpan three = new(file, 8, 5);
        SourceSpan four = new(file, 14, 4);
        SourceSpan five = new(file, 19, 4);
        Assert.Equal("three", SourceFile.Decode(file.TextOf(three)));
        file.Keep(four);
        file.Keep(three);
        file.ForgetText();
        file.ForgetText();
        Assert.Equal("/etc/f:2:5", three.ToString());
        Assert.Equal("/etc/f:3:6", five.ToString());
        Assert.Equal("three", SourceFile.Decode(file.TextOf(three)));
        Assert.Equal("four", SourceFile.Decode(file.TextOf(four)));
        Assert.True(file.TextOf(two).IsEmpty);
        Assert.True(file.TextOf(five).IsEmpty);
        Assert.True(file.Bytes.IsEmpty);
        Assert.True(file.Line(2).IsEmpty);
    }
}
