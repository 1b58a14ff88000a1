using System.Collections.Generic;
using System.IO;
using System.Linq;
using Rouse.Access.Doctor;
using Rouse.Config;
using Rouse.Config.Tests;
using Rouse.Config.Tests.Doctor;
using Rouse.Config.Text;

namespace Rouse.Access.Tests.Doctor;

/// <summary>
/// Real files of other projects, all of their services switched on and all that they name there: what the doctor says of each. Anything
/// more is a false alarm until somebody has looked at it.
/// </summary>
public sealed class CorpusTests
{
    /// <summary>
    /// These count on the limits of their distribution's xinetd.conf: on their own they let anybody start servers as root without a bound.
    /// </summary>
    private static readonly Dictionary<string, string> Expected = new()
    {
        ["openwall__Owl__packages-popa3d-popa3d.xinetd"] = "RS0174",
        ["openwall__Owl__packages-telnet-telnetd.xinetd"] = "RS0174",
        ["openwall__Owl__packages-vsftpd-vsftpd.xinetd"] = "RS0174",
    };

    [Fact]
    public void Of_real_files_nothing_is_told_that_is_not_so()
    {
        List<string> files = Repository.CorpusFiles();
        Assert.SkipWhen(files.Count == 0, $"no real configurations in {Repository.Corpus}");
        List<string> wrong = [];
        foreach (string file in files)
        {
            string name = Path.GetFileName(file);
            string found = string.Join(' ', Diagnose(File.ReadAllLines(file, System.Text.Encoding.Latin1)));
            if (found != Expected.GetValueOrDefault(name, ""))
            {
                wrong.Add($"{name}: {found}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Within_the_limits_of_a_real_main_file_nothing_is_left_to_tell()
    {
        List<string> files = Repository.CorpusFiles();
        string? main = files.Find(file => file.EndsWith("xinetd-xinetd.conf", System.StringComparison.Ordinal));
        Assert.SkipWhen(main is null, $"no real configurations in {Repository.Corpus}");
        foreach (string name in Expected.Keys)
        {
            string service = files.Find(file => Path.GetFileName(file) == name)!;
            Assert.Empty(Diagnose([.. File.ReadAllLines(main).Where(line => !line.StartsWith("includedir")), .. File.ReadAllLines(service)]));
        }
    }

    private static List<string> Diagnose(string[] lines)
    {
        MemoryHost host = new();
        host.Programs.Clear();
        host.Files["/etc/services"] = SourceFile.Encode(
            SourceFile.Decode(host.Files["/etc/services"]) + "\npop3 110/tcp\ngit 9418/tcp\nmysqlchk_general 9876/tcp\n");
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Split((char[])[' ', '\t', '='], System.StringSplitOptions.RemoveEmptyEntries);
            switch (words is [] ? "" : words[0])
            {
                case "disable":
                    lines[i] = "disable = no";
                    break;
                case "server" when words.Length > 1:
                    host.Programs.Add(words[1]);
                    break;
                case "user" or "group" when words.Length > 1:
                    uint number = words[1] == "root" ? 0u : 500;
                    host.Users[words[1]] = new(words[1], number, number);
                    host.Groups[words[1]] = new(words[1], number);
                    break;
                case "includedir":
                    lines[i] = "";
                    break;
                default:
                    break;
            }
        }

        Configuration configuration = Loaded.From(string.Join('\n', lines), host);
        return
        [
            .. Diagnosis.Of(configuration, host, new MemoryDoctor()).Diagnostics.Where(Diagnosed.IsOfTheDoctor).Select(found => found.Code),
        ];
    }
}
