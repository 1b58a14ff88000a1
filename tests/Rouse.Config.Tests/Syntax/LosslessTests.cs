using System;
using System.Collections.Generic;
using System.IO;
using CsCheck;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Syntax;

public sealed class LosslessTests
{
    // Pieces that meet each other in ways that a file of plain random bytes hardly ever shows.
    private static readonly string[] Pieces =
    [
        "service", "defaults", "include", "includedir", " ", "\t", "\n", "\r\n", "\v", "{", "}", "#", "=", "+=", "-=", "+", "a",
        "disable", "\0", "\xff",
    ];

    private static readonly Gen<byte[]> PiecedFiles = Gen.Int[0, Pieces.Length - 1].Array[0, 60]
        .Select(indices => SourceFile.Encode(string.Concat(Array.ConvertAll(indices, index => Pieces[index]))));

    [Fact]
    public void Printing_any_bytes_gives_them_back() => Gen.Byte.Array[0, 80].Sample(PrintsBack, iter: 100_000);

    [Fact]
    public void Printing_any_pieces_of_the_language_gives_them_back() => PiecedFiles.Sample(PrintsBack, iter: 100_000);

    [Fact]
    public void Printing_real_files_with_damage_gives_them_back()
    {
        List<string> files = Repository.CorpusFiles();
        Assert.SkipWhen(files.Count == 0, $"no real configurations in {Repository.Corpus}");
        byte[][] originals = [.. files.ConvertAll(File.ReadAllBytes)];
        Gen.Select(Gen.Int[0, originals.Length - 1], Gen.Int[0, 5_000], Gen.Byte, Gen.Int[0, 40])
            .Sample((index, at, value, cut) => PrintsBack(Damage(originals[index], at, value, cut)), iter: 20_000);
    }

    [Fact]
    public void The_lines_of_a_tree_lie_end_to_end() => PiecedFiles.Sample(
        bytes =>
        {
            SyntaxTree tree = SyntaxTree.Parse(new("test", bytes));
            int at = 0;
            foreach (Line line in tree.Lines)
            {
                if (line.Range.Start != at || line.Range.Length == 0)
                {
                    return false;
                }

                at = line.Range.End;
            }

            return at == bytes.Length;
        },
        iter: 20_000);

    internal static byte[] Damage(byte[] original, int at, byte value, int cut)
    {
        List<byte> bytes = [.. original];
        at = Math.Min(at, bytes.Count);
        bytes.RemoveRange(at, Math.Min(cut, bytes.Count - at));
        bytes.Insert(at, value);
        return [.. bytes];
    }

    private static bool PrintsBack(byte[] bytes) => string.Equals(
        SyntaxTreeTests.Print(SyntaxTree.Parse(new("test", bytes))), SourceFile.Decode(bytes), StringComparison.Ordinal);
}
