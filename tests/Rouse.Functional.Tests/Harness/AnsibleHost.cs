using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Rouse.Harness;

/// <summary>
/// A host that Debian's Ansible manages: a tree of services as its /etc, an empty /run, and in its sbin folders only our chkconfig and service.
/// Each command sees it through a mount namespace, among processes of its own; the machine is not touched. Ansible sees the first process
/// and the folders of a host without systemd.
/// </summary>
internal sealed class AnsibleHost
{
    private const string Python = "/usr/bin/python3";
    private static readonly string[] NeededOfEtc = ["passwd", "group", "services", "protocols", "ld.so.cache", "localtime"];
    private static readonly string[] Packages = ["ansible-core", "python3-jinja2", "python3-markupsafe", "python3-yaml"];
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(8);

    private readonly Scratch _scratch;
    private readonly string _packages;

    public AnsibleHost(Scratch scratch)
    {
        AsRoot.Needed();
        if (!File.Exists(Python))
        {
            Assert.Skip($"Ansible is written in Python, and this machine has no {Python}");
        }

        _packages = string.Join(':', Packages.Select(package => Originals.Program(package, "usr/lib/python3/dist-packages")));
        _scratch = scratch;
        Tree = new ServiceTree(scratch);
        foreach (string name in NeededOfEtc.Where(name => File.Exists("/etc/" + name)))
        {
            File.Copy("/etc/" + name, Tree.At(name));
        }

        File.WriteAllText(Tree.At("nsswitch.conf"), "");
        scratch.NewFolder("run");
        scratch.NewFolder("home");
        scratch.NewFolder("sbin");
        foreach (string tool in (string[])["chkconfig", "service"])
        {
            File.CreateSymbolicLink(scratch["sbin/" + tool], Path.Combine(Repository.Bin, tool));
        }
    }

    public ServiceTree Tree { get; }

    /// <summary>Runs a command line there.</summary>
    public CommandResult Run(params string[] line) => Command.Run(Environment(), Bound, "unshare", Inside(line));

    /// <summary>
    /// Runs one of Ansible's modules as Ansible does, with its parameters in JSON; its answer in JSON, which tells of failure too.
    /// </summary>
    public JsonElement Module(string name, string parameters)
    {
        string arguments = _scratch.Write("arguments.json", $$"""{"ANSIBLE_MODULE_ARGS": {{parameters}}}""");
        CommandResult result = Run(Python, "-S", "-m", "ansible.modules." + name, arguments);
        Assert.True(result.Text.TrimStart().StartsWith('{'), $"{name} {parameters}: {result.Text}\n{result.Error}");
        using var answer = JsonDocument.Parse(result.Text);
        return answer.RootElement.Clone();
    }

    /// <summary>Plays a list of tasks; what Ansible prints. The test fails where a task does.</summary>
    public string Play(string tasks)
    {
        string play = _scratch.Write("play.yml", "- hosts: all\n  gather_facts: no\n  tasks:\n" + tasks);
        CommandResult result = Run(
            Python, "-S", Originals.Program("ansible-core", "usr/bin/ansible-playbook"), "-i", "localhost,", "-c", "local", "-e",
            "ansible_python_interpreter=" + Python, play);
        Assert.True(result.ExitCode == 0, $"{result.Text}\n{result.Error}");
        return result.Text;
    }

    // The shell stays the first process, as an init would: its name is what Ansible looks at.
    private string[] Inside(string[] line) =>
    [
        "-mp", "--fork", "--mount-proc", "--propagation", "private", "sh", "-c",
        $"mount --bind {Tree.At("")} /etc && mount --bind {_scratch["run"]} /run && mount --bind {_scratch["sbin"]} /usr/sbin "
            + $"&& {{ [ -L /sbin ] || mount --bind {_scratch["sbin"]} /sbin; }} && \"$@\"; exit $?",
        "sh", .. line,
    ];

    private Dictionary<string, string> Environment() => new(Command.Environment)
    {
        ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin",
        ["HOME"] = _scratch["home"],
        ["LANG"] = "C.UTF-8",
        ["PYTHONPATH"] = _packages,
        ["PYTHONDONTWRITEBYTECODE"] = "1",
        ["ANSIBLE_NOCOLOR"] = "1",
    };
}
