using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Syntax;

public sealed class WordPoolTests
{
    [Fact]
    public void A_word_is_decoded_as_ever_and_is_one_string_however_often_it_is_read()
    {
        Random random = new(20261129);
        WordPool pool = new();
        Dictionary<string, string> first = new(StringComparer.Ordinal);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] word = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => (byte)(random.Next(2) == 0 ? random.Next(97, 100) : random.Next(256)))];
            string text = pool.Of(word);
            Assert.Equal(SourceFile.Decode(word), text);
            Assert.True(first.TryAdd(text, text) || ReferenceEquals(first[text], text));
        }

        Assert.InRange(first.Count, 2000, 20_000);
    }
}
