using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Tests;

/// <summary>
/// Real files of other projects, against what xinetd 2.3.15.3 was seen to do with them on a host with the users root and nobody and none
/// of the servers: the lines that it complains of, and how many services it starts when every service is switched on and every server,
/// user and group is there.
/// </summary>
public sealed class CorpusTests
{
    private const string Empty = "13 14 15 16 20 21 22 23 26 29 30 33 38 39 40 41 46 47 48 49 50 51 52 57 58 59 60 61 62 63 64";

    public static TheoryData<string, string, int> Files() => new()
    {
        { "Checkmk__checkmk__agents-cfg_examples-xinetd.conf", "13", 1 },
        { "Eadom__ctf_xinetd__ctf.xinetd", "8 10 14", 1 },
        { "github__mysql-haproxy-xinetd__xinetd-mysqlchk_general", "12", 0 },
        { "karlcchen__etc__xinetd.conf", "14", 0 },
        { "karlcchen__etc__xinetd.d-chargen-udp", "", 1 },
        { "karlcchen__etc__xinetd.d-discard-udp", "", 1 },
        { "karlcchen__etc__xinetd.d-echo", "", 2 },
        { "karlcchen__etc__xinetd.d-servers", "", 0 },
        { "karlcchen__etc__xinetd.d-services", "", 0 },
        { "karlcchen__etc__xinetd.d-tftp", "8", 1 },
        { "karlcchen__etc__xinetd.d-time", "", 2 },
        { "openwall__Owl__packages-popa3d-popa3d.xinetd", "10", 1 },
        { "openwall__Owl__packages-telnet-telnetd.xinetd", "10", 1 },
        { "openwall__Owl__packages-vsftpd-vsftpd.xinetd", "11", 1 },
        { "openwall__Owl__packages-xinetd-xinetd-chargen", "", 1 },
        { "openwall__Owl__packages-xinetd-xinetd-ttime", "", 1 },
        { "openwall__Owl__packages-xinetd-xinetd-udtime", "", 1 },
        { "openwall__Owl__packages-xinetd-xinetd-uecho", "", 1 },
        { "openwall__Owl__packages-xinetd-xinetd.conf", "15", 0 },
        { "repoforge__rpms__specs-bitlbee-bitlbee.spec", "", 1 },
        { "repoforge__rpms__specs-git-git.xinetd", "", 1 },
        { "repoforge__rpms__specs-nagios-nrpe-nagios-nrpe.spec", "10 11 12", 1 },
        { "xinetd-org__xinetd__contrib-empty.conf", Empty, 0 },
        { "xinetd-org__xinetd__contrib-xinetd.d-daytime-dgram", "", 1 },
        { "xinetd-org__xinetd__contrib-xinetd.d-ftp-sensor", "", 1 },
        { "xinetd-org__xinetd__contrib-xinetd.d-tcpmux-server", "", 1 },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_real_file_is_blamed_in_the_lines_that_the_original_blames(string name, string lines, int started)
    {
        _ = started;
        Configuration configuration = Load(Read(name));
        SortedSet<int> blamed = [];
        foreach (Diagnostic diagnostic in configuration.Diagnostics)
        {
            // Findings about a service as a whole are no lines there either.
            bool isWhole = diagnostic.Code is Codes.NotListed or Codes.MissingAttribute;
            bool isOurs = diagnostic.Severity == Severity.Notice && diagnostic.Code is Codes.NoEffect && diagnostic.Span.Length != 0;
            if (!isWhole && (!isOurs || diagnostic.Message.StartsWith("mdns", StringComparison.Ordinal)))
            {
                blamed.Add(diagnostic.Span.File!.Position(diagnostic.Span.Start).Line);
            }
        }

        Assert.Equal(lines, string.Join(' ', blamed));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void As_many_services_of_a_real_file_start_as_in_the_original_when_all_is_there(string name, string lines, int started)
    {
        _ = lines;
        Configuration configuration = Load(WithEverythingThere(Read(name)));

        // Differs from xinetd: D-047 (it has these two built-in services no more).
        int ours = name is "karlcchen__etc__xinetd.d-servers" or "karlcchen__etc__xinetd.d-services" ? 1 : started;
        Assert.Equal(ours, configuration.Services.Length);
    }

    [Fact]
    public void Every_real_file_has_its_case()
    {
        List<string> files = Repository.CorpusFiles();
        Assert.SkipWhen(files.Count == 0, $"no real configurations in {Repository.Corpus}");
        List<string> cases = [];
        foreach (var row in Files())
        {
            cases.Add(row.Data.Item1);
        }

        Assert.Equal(files.ConvertAll(file => Path.GetFileName(file)), cases);
    }

    private static Configuration Load(string text)
    {
        MemoryHost host = new();
        host.Programs.Clear();
        host.Programs.Add("/bin/true");
        host.Users["daemon"] = new("daemon", 1, 1);
        host.Files["/etc/services"] = SourceFile.Encode(
            SourceFile.Decode(host.Files["/etc/services"]) + "\npop3 110/tcp\ngit 9418/tcp\n");
        return Loaded.From(text, host);
    }

    private static string WithEverythingThere(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string trimmed = lines[i].TrimStart();
            string word = trimmed.Split([' ', '\t', '='])[0];
            lines[i] = word switch
            {
                "disable" => "disable = no",
                "server" => "server = /bin/true",
                "user" or "group" => string.Create(CultureInfo.InvariantCulture, $"{word} = root"),
                "includedir" => "",
                _ => lines[i],
            };
        }

        return string.Join('\n', lines);
    }

    private static string Read(string name)
    {
        string path = Path.Combine(Repository.Corpus, name);
        Assert.SkipUnless(File.Exists(path), $"no real configurations in {Repository.Corpus}");
        return SourceFile.Decode(File.ReadAllBytes(path));
    }
}
