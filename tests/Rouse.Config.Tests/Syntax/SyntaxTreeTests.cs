using System;
using System.Buffers;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Syntax;

public sealed class SyntaxTreeTests
{
    [Fact]
    public void Entries_comments_and_blank_lines_each_have_their_lines()
    {
        SyntaxTree tree = Parse(
            "# head\n\nservice ftp\n# between\n{\n\tdisable\t= yes # no comment\n\n}\ninclude /etc/more\ndefaults\n{\n}\n");
        Assert.Equal([EntryKind.Service, EntryKind.Include, EntryKind.Defaults], Kinds(tree));
        Entry service = tree.Entries[0];
        Assert.Equal("ftp", TextOf(tree, service.Name));
        Assert.Equal(
            [LineKind.Keyword, LineKind.Comment, LineKind.OpenBrace, LineKind.Attribute, LineKind.Blank, LineKind.CloseBrace],
            Array.ConvertAll(service.Lines.ToArray(), line => line.Kind));
        Assert.Equal("/etc/more", TextOf(tree, tree.Entries[1].Name));
    }

    [Fact]
    public void An_attribute_line_is_taken_apart_into_name_operator_and_values()
    {
        SyntaxTree tree = Parse("service a\n{\n\tonly_from +=10.0.0.1\t 10.0.0.2 \n}\n");
        Assert.True(tree.Entries[0].TryFind("only_from"u8, out AttributeSyntax attribute));
        System.Collections.Generic.List<TextRange> values = [];
        attribute.CollectValues(tree.File, values);
        Assert.Equal(AssignOperator.Add, attribute.Operator);
        Assert.Equal("+=", TextOf(tree, attribute.OperatorRange));
        Assert.Equal(["10.0.0.1", "10.0.0.2"], values.ConvertAll(value => TextOf(tree, value)));
    }

    [Fact]
    public void The_tokens_of_an_attribute_line_are_its_parts()
    {
        SyntaxTree tree = Parse("service a\n{\n env  = A=b  C=d\n}\n");
        Lexer lexer = new(tree.File, tree.Lines[2]);
        System.Collections.Generic.List<string> tokens = [];
        while (lexer.Next(out Token token))
        {
            tokens.Add($"{token.Kind}:{TextOf(tree, token.Range)}");
        }

        Assert.Equal(
            ["Blank: ", "Word:env", "Blank:  ", "Operator:=", "Blank: ", "Word:A=b", "Blank:  ", "Word:C=d", "LineEnd:\n"], tokens);
    }

    [Fact]
    public void An_edit_of_a_disable_line_changes_no_other_byte()
    {
        const string before = "service ftp\r\n{\n\t disable\t=  yes\t\n # kept\xff\n}\n";
        SyntaxTree tree = Parse(before);
        Assert.True(tree.Entries[0].TryFind("disable"u8, out AttributeSyntax attribute));
        System.Collections.Generic.List<TextRange> values = [];
        attribute.CollectValues(tree.File, values);
        byte[] after = tree.Replace(values[0], "no"u8);
        Assert.Equal(before.Replace("yes", "no", StringComparison.Ordinal), SourceFile.Decode(after));
    }

    [Theory]
    [InlineData("service a\n{\n x = 1\n", EntryFault.Incomplete)]
    [InlineData("service a {\n x = 1\n}\n", EntryFault.MissingOpenBrace)]
    [InlineData("service a", EntryFault.MissingOpenBrace)]
    [InlineData("service\n{\n}\n", EntryFault.MissingName)]
    [InlineData("service a\n{\n}", EntryFault.None)]
    [InlineData(" \tservice a b\n{ \r\n\v}\n", EntryFault.None)]
    public void The_frame_of_an_entry_is_judged_as_the_original_does(string text, EntryFault fault) =>
        Assert.Equal(fault, Assert.Single(Parse(text).Entries).Fault);

    [Fact]
    public void A_stray_line_passes_over_everything_up_to_the_next_lone_brace()
    {
        SyntaxTree tree = Parse("}\nservice lost\n{\n}\nservice found\n{\n}\n");
        Assert.Equal([EntryKind.Stray, EntryKind.Service], Kinds(tree));
        Assert.Equal("found", TextOf(tree, tree.Entries[1].Name));
    }

    [Fact]
    public void Keywords_are_read_without_regard_to_case() =>
        Assert.Equal([EntryKind.Service, EntryKind.Defaults], Kinds(Parse("SERVICE a\n{\n}\nDefaults\n{\n}\n")));

    internal static string Print(SyntaxTree tree)
    {
        ArrayBufferWriter<byte> printed = new(Math.Max(tree.File.Bytes.Length, 1));
        tree.Print(printed);
        return SourceFile.Decode(printed.WrittenSpan);
    }

    private static SyntaxTree Parse(string text) => SyntaxTree.Parse(new("test", SourceFile.Encode(text)));

    private static string TextOf(SyntaxTree tree, TextRange range) => SourceFile.Decode(tree.File.Bytes.Slice(range.Start, range.Length));

    private static EntryKind[] Kinds(SyntaxTree tree) => Array.ConvertAll([.. tree.Entries], entry => entry.Kind);
}
