using System;
using System.Collections;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Tools;

/// <summary><c>rouse convert</c>, run as it is built beside these tests.</summary>
public sealed class ConvertTests : IDisposable
{
    private const string Lines =
        """
        # what we serve
        ftp stream tcp nowait root /usr/sbin/tcpd in.ftpd -l -a
        #<off># telnet stream tcp nowait root /usr/sbin/in.server in.telnetd
        echo stream tcp nowait root internal
        echo dgram udp wait root internal
        rstatd/2-4 dgram rpc/udp wait root.daemon /usr/sbin/in.server rpc.rstatd
        time stream tcp4 nowait.40 nobody:daemon /usr/sbin/in.server timed =  += x
        tftp dgram udp6 wait nobody /usr/sbin/in.server in.tftpd /srv
        8079 stream tcp46 wait root /usr/sbin/in.server s

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("rouse-convert-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_converted_is_what_the_daemon_makes_of_the_lines()
    {
        (int code, string converted, string error) = Convert(Lines, "-");
        Assert.Equal((0, ""), (code, error));
        MemoryHost host = new();
        host.Files["/converted"] = SourceFile.Encode(converted);
        Configuration ours = ConfigurationLoader.Load("/converted", host, LoadOptions.Default);
        Assert.Empty(ours.Diagnostics.Where(diagnostic => diagnostic.Severity == Config.Diagnostics.Severity.Error));

        string defaults = converted[converted.IndexOf("defaults\n", StringComparison.Ordinal)..(converted.IndexOf("}\n", StringComparison.Ordinal) + 2)];
        host.Files["/xinetd.conf"] = SourceFile.Encode(defaults);
        host.Files["/etc/inetd.conf"] = SourceFile.Encode(Lines);
        Configuration read = ConfigurationLoader.Load("/xinetd.conf", host, new LoadOptions { InetdCompat = true });

        Assert.Equal(7, read.Services.Length);
        Assert.Equal(read.Services.Select(Describe), ours.Services.Select(Describe));
        Assert.Equal("telnet", Assert.Single(ours.Disabled).Name);
        Assert.Contains("\n# what we serve\n", converted, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_and_limits_are_carried_over_and_what_is_lost_is_told()
    {
        (int code, string converted, string error) = Convert(
            "127.0.0.1,[::1]:ftp stream tcp,sndbuf=64k nowait/10/20/3 root /usr/sbin/in.server s\n"
                + "127.0.0.2:\n79 stream tcp4 nowait root /usr/sbin/in.server\n"
                + "/run/x stream unix nowait root /usr/sbin/in.server s\n",
            "-",
            "--dialect",
            "debian");
        Assert.Equal(1, code);
        Assert.Contains("standard input:4:1: warning: this line is not converted: xinetd.conf has no UNIX sockets.", error, StringComparison.Ordinal);
        Assert.Contains("# Lost: at most 20 connections a minute from one address.", converted, StringComparison.Ordinal);
        Assert.Contains("# Lost: sndbuf 65536, rcvbuf 0", converted, StringComparison.Ordinal);
        Assert.Contains("# Line 4 is not converted: xinetd.conf has no UNIX sockets.\n#   /run/x stream", converted, StringComparison.Ordinal);

        MemoryHost host = new();
        host.Files["/converted"] = SourceFile.Encode(converted);
        Configuration read = ConfigurationLoader.Load("/converted", host, LoadOptions.Default);
        Assert.Empty(read.Broken);
        Assert.Equal(
            ["ftp-127.0.0.1 127.0.0.1 21 10 3 s", "ftp-::1 ::1 21 10 3 s", "79-127.0.0.2 127.0.0.2 79   in.server"],
            read.Services.Select(service =>
                $"{service.Id} {service.Bind} {service.Port} {service.Instances} {service.PerSource} {string.Join(' ', service.Arguments)}"));
    }

    [Fact]
    public void NetBSDs_keys_and_values_are_carried_over_and_what_cannot_be_stays_as_a_comment()
    {
        (int code, string converted, string error) = Convert(
            "# what we serve\n"
                + "ftp on protocol = tcp4, user = root, wait = no, exec = \"/usr/sbin/in.server\",\n  args = s 'two';"
                + " daytime off protocol = udp4, user = root; 79 stream tcp4 nowait root /usr/sbin/in.server s\n"
                + "telnet on protocol = tcp4, user = root, wait = no, exec = /usr/sbin/in.server, args = s 'two words';\n"
                + "time on protocol = tcp4;\n"
                + "ftp on protocol = tcp6\n79 stream tcp6 nowait root /usr/sbin/in.server s\n",
            "-",
            "--dialect",
            "netbsd");
        Assert.Equal(1, code);
        Assert.Contains("standard input:4:1: warning: this line is not converted: xinetd.conf has no quotes", error, StringComparison.Ordinal);
        Assert.Contains("standard input:5:1: error: the definition has no user", error, StringComparison.Ordinal);
        Assert.Contains("standard input:6:1: error: the definition does not end", error, StringComparison.Ordinal);
        Assert.Contains("# Line 4 is not converted: xinetd.conf has no quotes", converted, StringComparison.Ordinal);
        Assert.Contains("#   telnet on protocol", converted, StringComparison.Ordinal);
        Assert.Contains("#   79 stream tcp6", converted, StringComparison.Ordinal);

        MemoryHost host = new();
        host.Files["/converted"] = SourceFile.Encode(converted);
        Configuration read = ConfigurationLoader.Load("/converted", host, LoadOptions.Default);
        Assert.Empty(read.Broken);
        Assert.Equal(["ftp 21 s two", "79 79 s"], read.Services.Select(service => $"{service.Id} {service.Port} {string.Join(' ', service.Arguments)}"));
        Assert.Equal("daytime", Assert.Single(read.Disabled).Name);
    }

    [Fact]
    public void A_line_that_is_not_understood_stays_as_a_comment_and_exits_1()
    {
        (int code, string converted, string error) = Convert("ftp stream tcp maybe root /bin/cat cat\nfinger stream tcp nowait root /bin/cat cat\n", "-");
        Assert.Equal(1, code);
        Assert.Contains("standard input:1:16: error: 'maybe' is neither wait nor nowait.", error, StringComparison.Ordinal);
        Assert.Contains("# Line 1 is not converted: 'maybe' is neither", converted, StringComparison.Ordinal);
        Assert.Contains("#   ftp stream tcp maybe root /bin/cat cat\n", converted, StringComparison.Ordinal);
        Assert.Contains("service finger\n", converted, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_gets_a_file_for_each_service_and_none_is_replaced_unless_forced()
    {
        string lines = "../x stream tcp nowait root /bin/cat cat\necho stream tcp nowait root internal\necho dgram udp wait root internal\n"
            .Replace("../x", "a.b", StringComparison.Ordinal);
        (int code, string output, _) = Convert(lines, "-", "--directory", _folder);
        Assert.Equal(0, code);
        Assert.Equal(["a_b", "echo", "echo-dgram"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal($"{_folder}/a_b\n{_folder}/echo\n{_folder}/echo-dgram\n", output);

        File.WriteAllText(Path.Combine(_folder, "echo"), "mine");
        File.Delete(Path.Combine(_folder, "a_b"));
        (code, _, string error) = Convert(lines, "-", "--directory", _folder);
        Assert.Equal(1, code);
        Assert.Contains($"{_folder}/echo is there already; nothing was written", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_folder, "echo")));
        Assert.False(File.Exists(Path.Combine(_folder, "a_b")));

        (code, _, _) = Convert(lines, "-", "--directory", _folder, "--force");
        Assert.Equal(0, code);
        Assert.StartsWith("service echo\n", File.ReadAllText(Path.Combine(_folder, "echo")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_exits_1()
    {
        (int code, string output, string error) = Convert("", Path.Combine(_folder, "gone"));
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("No such file or directory", error, StringComparison.Ordinal);
    }

    // Every property but the place, arrays element by element.
    private static string Describe(ServiceDefinition service) => string.Join('\n', typeof(ServiceDefinition)
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.Name != nameof(ServiceDefinition.Span))
        .Select(property => $"{property.Name} = {Text(property.GetValue(service))}"));

    private static string Text(object? value) => value is IEnumerable list and not string && !IsDefault(value)
        ? $"[{string.Join(", ", list.Cast<object>())}]"
        : $"{(value is not null && IsDefault(value) ? "none" : value)}";

    private static bool IsDefault(object value) => value.GetType().GetProperty("IsDefault")?.GetValue(value) is true;

    private static (int Code, string Output, string Error) Convert(string input, params string[] arguments)
    {
        ProcessStartInfo start = new(RouseTests.Executable(), ["convert", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Encoding.Latin1,
            StandardOutputEncoding = Encoding.Latin1,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), "did not exit");
        return (process.ExitCode, output, error.Result);
    }
}
