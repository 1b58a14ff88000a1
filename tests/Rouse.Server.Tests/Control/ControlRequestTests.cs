using System;
using System.Text;
using Rouse.Config.Text;
using Rouse.Server.Control;

namespace Rouse.Server.Tests.Control;

public sealed class ControlRequestTests
{
    [Theory]
    [InlineData("""{"version":1,"verb":"status","service":"x"}""", "status", "x")]
    [InlineData(""" { "service" : "x" , "verb" : "status" , "version" : 1 } """, "status", "x")]
    [InlineData("""{"version":1,"verb":"stop","later":true,"more":null,"count":-12,"why":"x"}""", "stop", "")]
    [InlineData("""{"version":1,"verb":"\u0041\"\\\/\b\f\n\r\t\u00ff"}""", "A\"\\/\b\f\n\r\t\u00ff", "")]
    public void A_flat_object_is_understood(string line, string verb, string service)
    {
        Assert.Equal("", Parse(line, out ControlRequest request));
        Assert.Equal(new ControlRequest(verb, service), request);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"version":1""")]
    [InlineData("""{"version":1,}""")]
    [InlineData("""{"version":1}x""")]
    [InlineData("""{"version":1} {}""")]
    [InlineData("""{"version":1,"verb":{"a":1}}""")]
    [InlineData("""{"version":1,"verb":["a"]}""")]
    [InlineData("""{"version":1,"verb":"a}""")]
    [InlineData("""{"version":1,"verb":"\u0100"}""")]
    [InlineData("""{"version":1,"verb":"\u00"}""")]
    [InlineData("""{"version":1,"verb":"\x"}""")]
    [InlineData("""{"version":1,"verb":"\""")]
    [InlineData("""{"version":1.5}""")]
    [InlineData("""{"version":99999999999999999999}""")]
    [InlineData("""{"version":"1"}""")]
    [InlineData("{\"version\":1,\"verb\":\"a\tb\"}")]
    public void Anything_else_is_a_fault(string line) => Assert.NotEqual("", Parse(line, out _));

    [Fact]
    public void Whatever_bytes_come_the_parser_ends_and_does_not_throw()
    {
        Random random = new(7);
        byte[] alphabet = Encoding.ASCII.GetBytes("{}[]\":,\\u01version verbstatus\n\t\x01");
        for (int i = 0; i < 200_000; i++)
        {
            byte[] line = new byte[random.Next(40)];
            for (int at = 0; at < line.Length; at++)
            {
                line[at] = random.Next(8) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }

            ControlRequest.Parse(line, out _);
        }
    }

    [Fact]
    public void What_a_client_writes_the_daemon_reads_whatever_the_bytes_are()
    {
        StringBuilder all = new();
        for (int i = 0; i < 256; i++)
        {
            all.Append((char)i);
        }

        byte[] line = new ControlRequest("status", all.ToString()).ToLine();
        Assert.All(line[..^1], one => Assert.InRange(one, (byte)' ', (byte)'~'));
        Assert.Equal("", ControlRequest.Parse(line.AsSpan(0, line.Length - 1), out ControlRequest request));
        Assert.Equal(all.ToString(), request.Service);
    }

    [Theory]
    [InlineData(true, null, "/run/rouse/control.sock")]
    [InlineData(true, "/run/user/0", "/run/rouse/control.sock")]
    [InlineData(false, "/run/user/7", "/run/user/7/rouse/control.sock")]
    [InlineData(false, "relative", null)]
    [InlineData(false, null, null)]
    public void The_usual_place_is_roots_or_ones_own(bool isRoot, string? runtimeDirectory, string? expected) =>
        Assert.Equal(expected, ControlPath.Default(isRoot, runtimeDirectory));

    private static string Parse(string line, out ControlRequest request) => ControlRequest.Parse(SourceFile.Encode(line), out request);
}
