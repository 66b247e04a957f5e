; Prefixes: operand and address size in every order, repeated ones, stacked segment overrides, the 15-byte limit,
; lock on what it may not lock, rep on instructions that do not repeat; undefined opcodes; self-modifying code.
%include "lib.inc"

set_mem:
        mov dword [BUF], 0x03020100
        mov dword [BUF+4], 0x07060504
        mov dword [BUF+8], 0x0b0a0908
        mov dword [i_ebx], BUF
        mov dword [i_esi], BUF
        mov dword [i_edi], BUF+8
        ret

main:
        BEFORE set_mem
        SHOW S_EAX|S_ECX|S_EDX|S_EBX|S_ESI|S_EDI|S_FL|S_VEC|S_ERR|S_EIP
        SHOW_MEM BUF, 12
        NAMED "66 90", db 0x66, 0x90
        NAMED "66 66 b8", db 0x66, 0x66, 0xb8, 0x11, 0x22, 0x90, 0x90
        NAMED "67 66 8b", db 0x67, 0x66, 0x8b, 0x07, 0x90, 0x90
        NAMED "66 67 8b", db 0x66, 0x67, 0x8b, 0x07, 0x90, 0x90
        NAMED "67 67 8b", db 0x67, 0x67, 0x8b, 0x07, 0x90, 0x90
        NAMED "3e 66 26 67 36 8b", db 0x3e, 0x66, 0x26, 0x67, 0x36, 0x8b, 0x07
        NAMED "f3 8b (rep mov)", db 0xf3, 0x8b, 0x07
        NAMED "f2 40 (repne inc)", db 0xf2, 0x40
        NAMED "f3 66 a5", db 0xf3, 0x66, 0xa5
        NAMED "66 f3 a5", db 0x66, 0xf3, 0xa5
        NAMED "f2 f3 a4: the last rep counts", db 0xf2, 0xf3, 0xa4
        B_VALUES three
        NAMED "f2 f3 ae", db 0xf2, 0xf3, 0xae
        NAMED "f3 f2 ae", db 0xf3, 0xf2, 0xae
        NAMED "66 f2 26 a7", db 0x66, 0xf2, 0x26, 0xa7
        NAMED "f3 90 (pause)", db 0xf3, 0x90
        NAMED "67 e2 (loop)", db 0x67, 0xe2, 0x00
        NAMED "67 e3", db 0x67, 0xe3, 0x00
        NAMED "66 a1 moffs with 67", db 0x67, 0xa0, 0x00, 0x80, 0x00 + 0x90*(MODE == 32), 0x00 + 0x90*(MODE == 32)
        B_VALUES one_zero
%assign n 9
%rep 6
        BEGIN "prefixes and the 15-byte limit"
        times n db 0x26
        db 0x81, 0xc0, 0x11, 0x22   ; add ax/eax, imm
  %if MODE == 32
        db 0x33, 0x44
  %endif
        END
        BEGIN "prefixes before nop"
        times n db 0x2e
        nop
        END
  %assign n n+1
%endrep
        BEGIN "15 prefixes"
        times 15 db 0x36
        nop
        END
        BEGIN "14 prefixes of all kinds"
        db 0x66, 0x67, 0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0x3e, 0x3e
        nop
        END

        NOTE "lock"
        NAMED "lock add m, r", lock add [BUF], ecx
        NAMED "lock inc m", lock inc dword [BUF]
        NAMED "lock xchg m, r", lock xchg [BUF], ecx
        NAMED "lock bts m, imm", lock bts dword [BUF], 9
        NAMED "lock neg m", lock neg word [BUF]
        NAMED "lock not m", lock not byte [BUF]
        NAMED "lock add r, r", db 0xf0, 0x01, 0xc8
        NAMED "lock cmp m, r", db 0xf0, 0x39, 0x0f
        NAMED "lock add r, m", db 0xf0, 0x03, 0x0f

        NOTE "undefined opcodes"
        NAMED "0f 0b", db 0x0f, 0x0b
        NAMED "0f 04", db 0x0f, 0x04
        NAMED "0f 0a", db 0x0f, 0x0a
        NAMED "0f 0c", db 0x0f, 0x0c
        NAMED "0f 24", db 0x0f, 0x24, 0xc0
        NAMED "0f 25", db 0x0f, 0x25, 0xc0
        NAMED "0f 26", db 0x0f, 0x26, 0xc0
        NAMED "0f a6", db 0x0f, 0xa6, 0xc0
        NAMED "0f a7", db 0x0f, 0xa7, 0xc0
        NAMED "0f ff", db 0x0f, 0xff
        NAMED "fe /2", db 0xfe, 0xd0
        NAMED "fe /7", db 0xfe, 0xf8
        NAMED "ff /7", db 0xff, 0xf8
        NAMED "ff /3 r", db 0xff, 0xd8
        NAMED "ff /5 r", db 0xff, 0xe8
        NAMED "0f ba /0", db 0x0f, 0xba, 0xc0, 1
        NAMED "0f ba /3", db 0x0f, 0xba, 0xd8, 1
        NAMED "0f c7 /1 r", db 0x0f, 0xc7, 0xc8
        NAMED "0f c7 /0 m", db 0x0f, 0xc7, 0x07
        NAMED "0f 01 /5", db 0x0f, 0x01, 0x2f
        NAMED "lgdt r", db 0x0f, 0x01, 0xd0 + 5
        NAMED "0f 00 /6", db 0x0f, 0x00, 0xf0
        NAMED "mov cs, ax", db 0x8e, 0xc8
        NAMED "bound r, r", db 0x62, 0xc0
        NAMED "lds r, r", db 0xc5, 0xc0
        NAMED "lea r, r", db 0x8d, 0xc0

        NOTE "self-modifying code (run from RAM)"
        BEFORE nothing
        SHOW S_EAX|S_ECX|S_EDX|S_VEC
        SHOW_MEM 0, 0
%macro IN_RAM 2                 ; text, body macro: copied to BUF2 and called there
        BEGIN %1
        jmp %%start
%%code:
        %2
%%end:
%%start:
        mov esi, %%code
        mov edi, BUF2
        mov ecx, %%end - %%code
%%copy: mov al, [cs:esi]
        mov [edi], al
        inc esi
        inc edi
        loop %%copy
        xor eax, eax
  %if MODE == 16
        call 0:BUF2
  %else
        call SEL_FLAT:BUF2
  %endif
        END
%endmacro
; addresses inside the copy are counted from its start
%macro SMC_A 0
%%s:    mov byte [BUF2+%%p-%%s], 0x40           ; turns the nop just ahead into inc
        jmp short %%p
%%p:    nop
        mov byte [BUF2+%%q-%%s], 0x41
        nop
        nop
%%q:    nop
        retf
%endmacro
%macro SMC_LOOP 0
%%s:    mov ecx, 5
%%l:    add eax, 1                              ; its immediate grows each round
        inc byte [BUF2+%%l-%%s + 3 - (MODE == 32)]
        loop %%l
        retf
%endmacro
%macro SMC_NEXT 0
%%s:    mov byte [BUF2+%%p-%%s], 0x40           ; the very next instruction
%%p:    nop
        retf
%endmacro
%macro SMC_STRING 0
%%s:    mov edi, BUF2+%%p-%%s
        mov ecx, 4
        mov al, 0x42
        rep stosb                               ; rewrites what follows
        jmp short %%p
%%p:    nop
        nop
        nop
        nop
        retf
%endmacro
%macro SMC_TWICE 0
%%s:    mov edx, 0
%%l:    xor eax, eax
        mov byte [BUF2+%%p-%%s], 0x40
        call %%p
        mov byte [BUF2+%%p-%%s], 0x90
        call %%p
        inc edx
        cmp edx, 3
        jb %%l
        retf
%%p:    nop
        ret
%endmacro
        IN_RAM "an instruction ahead is changed", SMC_A
        IN_RAM "an immediate that grows", SMC_LOOP
        IN_RAM "the very next instruction", SMC_NEXT
        IN_RAM "rep stosb over the code ahead", SMC_STRING
        IN_RAM "changed there and back", SMC_TWICE
        FINISH

VALUES three, 3
