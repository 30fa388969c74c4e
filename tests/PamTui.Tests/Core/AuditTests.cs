using System.Runtime.Versioning;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

[UnsupportedOSPlatform("windows")]
public sealed class AuditTests
{
    [Fact]
    public async Task Whole_chain_passes_and_says_how_many_rows()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();

        AuditVerdict verdict = Ok(await vault.Product.Audit.VerifyAsync(Local, null, Ct));

        Assert.True(verdict.IsWhole);
        Assert.Equal(Ok(await vault.Product.Audit.ListAsync(Local, "", new PageRequest(), Ct)).Total, verdict.Rows);
    }

    [Theory]
    [InlineData("UPDATE audit SET details = 'nothing' WHERE sequence = 3", 3)]
    [InlineData("UPDATE audit SET actor = 'eve' WHERE sequence = 1", 1)]
    [InlineData("UPDATE audit SET at = at + 1 WHERE sequence = 2", 2)]
    [InlineData("DELETE FROM audit WHERE sequence = 3", 3)]
    [InlineData("DELETE FROM audit WHERE sequence = 1", 1)]
    [InlineData("UPDATE audit SET sequence = -sequence; UPDATE audit SET sequence = CASE sequence WHEN -3 THEN 4 WHEN -4 THEN 3 ELSE -sequence END", 3)]
    [InlineData("UPDATE audit SET hash = zeroblob(32) WHERE sequence = 2", 2)]
    [InlineData("DELETE FROM audit WHERE sequence = (SELECT max(sequence) FROM audit)", 6)]
    [InlineData("UPDATE vault SET audit_head = replace(audit_head, '6 ', '5 '); DELETE FROM audit WHERE sequence = 6", 6)]
    [InlineData("DELETE FROM audit", 1)]
    public async Task Edited_dropped_moved_or_cut_row_is_found(string sql, long firstBad)
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        Assert.Equal(6, Ok(await vault.Product.Audit.VerifyAsync(Local, null, Ct)).Rows);
        VaultTests.Execute(vault.File, sql);

        AuditVerdict verdict = Ok(await vault.Product.Audit.VerifyAsync(Local, null, Ct));

        Assert.False(verdict.IsWhole);
        Assert.Equal(firstBad, verdict.FirstBad);
    }

    [Fact]
    public async Task Row_added_outside_the_vault_is_found_even_when_it_fits_the_chain()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        AuditRow last = Ok(await vault.Product.Audit.ListAsync(Local, "", new PageRequest(), Ct)).Items[0];
        AuditRow forged = last with { Sequence = last.Sequence + 1, Actor = "eve" };
        VaultTests.Execute(
            vault.File,
            $"INSERT INTO audit SELECT {forged.Sequence}, at, 'eve', source, action, target, details, x'{Convert.ToHexString(AuditChain.Hash(last.Hash, forged))}' FROM audit WHERE sequence = {last.Sequence}");

        Assert.Equal(forged.Sequence, Ok(await vault.Product.Audit.VerifyAsync(Local, null, Ct)).FirstBad);
    }

    [Fact]
    public async Task Nothing_is_done_that_cannot_be_told()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        VaultTests.Execute(vault.File, "UPDATE vault SET audit_head = '0 00 00'");

        await Assert.ThrowsAsync<VaultException>(() => vault.Product.Accounts.RemoveAsync(Local, new AccountRef("web-1", "deploy"), Ct));

        Assert.True((await vault.Product.Accounts.FindAsync(Local, new AccountRef("web-1", "deploy"), Ct)).IsOk);
    }

    [Theory]
    [InlineData("action=account.add", 2)]
    [InlineData("target=web-1/root", 1)]
    [InlineData("/web-1/root", 1)]
    [InlineData("actor~local", 6)]
    [InlineData("deploy", 2)]
    [InlineData("action=account.add -target~root", 1)]
    public async Task Audit_is_filtered(string filter, int rows)
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();

        Assert.Equal(rows, Ok(await vault.Product.Audit.ListAsync(Local, filter, new PageRequest(), Ct)).Total);
    }

    [Fact]
    public async Task Field_that_the_audit_does_not_have_is_named()
    {
        await using TestVault vault = await OpenAsync();

        Assert.Contains("'env'", (await vault.Product.Audit.ListAsync(Local, "env=prod", new PageRequest(), Ct)).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E3_hostile_source_is_one_escaped_line()
    {
        await using TestVault vault = await OpenAsync();
        User root = Ok(await vault.Product.Users.FindAsync(Local, "root", Ct));

        await vault.Product.SignIns.SucceededAsync(root, "192.0.2.1\r\n\u001b[2J\u202e", "password", Ct);

        AuditRow row = Ok(await vault.Product.Audit.ListAsync(Local, "action=signin", new PageRequest(), Ct)).Items[0];
        Assert.Equal("192.0.2.1\\u{d}\\u{a}\\u{1b}[2J\\u{202e}", row.Source);
        Assert.True(Ok(await vault.Product.Audit.VerifyAsync(Local, null, Ct)).IsWhole);
    }
}
