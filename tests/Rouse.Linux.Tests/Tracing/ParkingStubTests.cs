using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Rouse.Linux.Tracing;

namespace Rouse.Linux.Tests.Tracing;

public sealed class ParkingStubTests
{
    // By hand, from the manual of the processor: what the code must say, one instruction a line, as objdump names them.
    private static readonly string[] Beginning =
    [
        "mov %rax,0xff9(%rip)", "mov %rcx,0xffa(%rip)", "mov %rdi,0x1003(%rip)", "mov %rsi,0x1004(%rip)", "mov %rdx,0x1005(%rip)",
        "mov %r10,0x1006(%rip)", "mov %r8,0x1007(%rip)", "mov %r9,0x1008(%rip)",
    ];

    [Fact]
    public void The_code_fits_into_its_page() => Assert.InRange(ParkingStub.Code.Length, 200, StubData.PageSize);

    [Fact]
    public void The_code_is_what_an_independent_disassembler_reads_it_as()
    {
        string[] instructions = Disassemble(ParkingStub.Code);
        Assert.Equal(Beginning, instructions[..Beginning.Length]);
        Assert.DoesNotContain(instructions, instruction => instruction.Contains("(bad)", StringComparison.Ordinal));

        // Each call is its number in eax and the instruction; every data operand lies in the page behind the code.
        int[] calls = [.. Enumerable.Range(1, instructions.Length - 1).Where(i => instructions[i] == "syscall").Select(i => NumberIn(instructions[i - 1]))];
        Syscall[] expected =
        [
            Syscall.prctl, Syscall.recvmsg, Syscall.clone, Syscall.close, Syscall.sendto, Syscall.setsid, Syscall.set_robust_list, Syscall.dup3,
            Syscall.close, Syscall.prctl, Syscall.exit_group,
        ];
        Assert.Equal(expected.Select(number => (int)number), calls);
        Assert.Contains("btr $0x1f,%esi", instructions);
        Assert.Contains("btr $0x1f,%edi", instructions);
        Assert.Contains("testb $0x1,0x", string.Join('\n', instructions), StringComparison.Ordinal);
        Assert.Contains("mov (%r8),%esi", instructions);
        Assert.Contains("add $0x4,%r8", instructions);
        Assert.Contains("dec %r9", instructions);
        Assert.Contains(instructions, instruction => instruction.StartsWith("jmp *0x", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_jump_leads_to_the_beginning_of_an_instruction()
    {
        (int At, string Text)[] lines = DisassembleWithOffsets(ParkingStub.Code);
        foreach ((_, string text) in lines.Where(line => line.Text[0] == 'j' && !line.Text.Contains('*')))
        {
            int target = Convert.ToInt32(text.Split(' ')[1], 16);
            Assert.Contains(lines, line => line.At == target);
        }
    }

    private static int NumberIn(string instruction)
    {
        Assert.StartsWith("mov $0x", instruction, StringComparison.Ordinal);
        Assert.EndsWith(",%eax", instruction, StringComparison.Ordinal);
        return Convert.ToInt32(instruction["mov $".Length..^",%eax".Length], 16);
    }

    private static string[] Disassemble(byte[] code) => [.. DisassembleWithOffsets(code).Select(line => line.Text)];

    private static (int At, string Text)[] DisassembleWithOffsets(byte[] code)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, code);
            ProcessStartInfo start = new("objdump", ["-D", "-b", "binary", "-m", "i386:x86-64", "--no-show-raw-insn", file])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return
            [
                .. output.Split('\n').Where(line => line.StartsWith(' ') && line.Contains(":\t", StringComparison.Ordinal))
                    .Select(line => line.Split(":\t"))
                    .Select(parts => (Convert.ToInt32(parts[0].Trim(), 16), Tidy(parts[1]))),
            ];
        }
        finally
        {
            File.Delete(file);
        }
    }

    // One blank between words, and no remark about the address.
    private static string Tidy(string text) =>
        string.Join(' ', text.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim();
}
