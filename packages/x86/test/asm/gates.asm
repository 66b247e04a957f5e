; Protected mode: interrupt and trap gates, call gates with parameters, ring 3 to ring 0 and back, iret in all its
; forms, error codes of faults while an interrupt is delivered.
%include "lib.inc"

; A handler that shows the frame it was given: copies 12 dwords of its stack to BUF, notes CS SS ESP flags.
%macro HANDLER 2                ; name, way back
%1:     push eax
        push ecx
        push edx
        mov edx, ds
        mov ax, SEL_DATA
        mov ds, ax
        pushfd
        pop dword [BUF+0x40]
        mov [BUF+0x44], cs
        mov [BUF+0x48], ss
        lea eax, [esp+12]
        mov [BUF+0x4c], eax
  %assign i 0
  %rep 12
        mov ecx, [ss:esp+12+i*4]
        mov [BUF+i*4], ecx
    %assign i i+1
  %endrep
        mov ds, edx
        pop edx
        pop ecx
        pop eax
        %2
%endmacro
        HANDLER to_iret, iretd
        HANDLER to_retf, retf
        HANDLER to_retf8, retf 8
        HANDLER to_retf12, retf 12

; the same for a 16-bit gate: the frame is made of words
to_iret16:
        push eax
        push ds
        mov ax, SEL_DATA
        mov ds, ax
        lea eax, [esp+8]
        mov [BUF+0x4c], eax
        mov [BUF+0x48], ss
  %assign i 0
  %rep 6
        mov eax, [ss:esp+8+i*4]
        mov [BUF+i*4], eax
    %assign i i+1
  %endrep
        pop ds
        pop eax
        o16 iret
to_retf16:
        push eax
        push ds
        mov ax, SEL_DATA
        mov ds, ax
        lea eax, [esp+8]
        mov [BUF+0x4c], eax
        mov [BUF+0x48], ss
  %assign i 0
  %rep 6
        mov eax, [ss:esp+8+i*4]
        mov [BUF+i*4], eax
    %assign i i+1
  %endrep
        pop ds
        pop eax
        o16 retf 4

clear:  cld
        mov edi, BUF
        mov ecx, 0x18
        mov eax, 0xeeeeeeee
        rep stosd
        mov edi, KSTACK-0x80
        mov ecx, 0x20
        rep stosd
        mov edi, USTACK-0x80
        mov ecx, 0x20
        rep stosd
        ret

VALUES fl_vals, 2, 0x202, 0x3002, 0x3ad7, 0x4002
VALUES user_fl, 2, 0x202, 0x3202, 0x8d7, 0x4ed6

main:
        GATE IDT, 0x20, SEL_CODE, to_iret, 0x8e, 0
        GATE IDT, 0x21, SEL_CODE, to_iret, 0x8f, 0
        GATE IDT, 0x22, SEL_CODE, to_iret, 0xee, 0
        GATE IDT, 0x23, SEL_CODE, to_iret, 0xef, 0
        GATE IDT, 0x24, SEL_CODE, to_iret16, 0xe6, 0
        GATE IDT, 0x25, SEL_CODE, to_iret16, 0xe7, 0
        GATE IDT, 0x26, SEL_CODE, to_iret, 0x6e, 0      ; not present
        GATE IDT, 0x27, 0, to_iret, 0xee, 0             ; null selector
        GATE IDT, 0x28, SEL_DATA, to_iret, 0xee, 0      ; not code
        GATE IDT, 0x29, 0x88, to_iret, 0xee, 0          ; code not present
        GATE IDT, 0x2a, 0x98, to_iret, 0xee, 0          ; conforming code
        GATE IDT, 0x2b, SEL_UCODE, to_iret, 0xee, 0     ; outer ring
        GATE IDT, 0x2c, 0x900, to_iret, 0xee, 0         ; beyond
        GATE IDT, 0x2d, SEL_CODE, to_iret, 0xec, 0      ; a call gate in the IDT
        GATE IDT, 0x2e, SEL_CODE, to_iret, 0x80, 0      ; type 0
        GATE IDT, 0x2f, SEL_CODE, to_iret, 0xef, 0
        DESCRIPTOR 0x88, 0xf0000, 0xffff, 0x1b, 0x4
        DESCRIPTOR 0x98, 0xf0000, 0xffff, 0x9f, 0x4
        DESCRIPTOR 0xa0, 0xf0000, 0xffff, 0xff, 0x4
        DESCRIPTOR 0xa8, 0xf0000, 0xffff, 0xbb, 0x4     ; ring 1 code
        DESCRIPTOR 0xb0, 0, 0xfffff, 0xb3, 0xc          ; ring 1 data
        DESCRIPTOR 0xb8, 0, 0xfffff, 0xd3, 0xc          ; ring 2 data
        DESCRIPTOR 0xc0, 0xf0000, 0xffff, 0xfa, 0x0     ; ring 3 16-bit code
        DESCRIPTOR 0xc8, 0, 0xffff, 0xf2, 0x0           ; ring 3 16-bit data
        mov dword [TSS+12], KSTACK-0x400                ; stack of ring 1
        mov dword [TSS+16], 0xb1
        GATE GDT, 0x20, SEL_CODE, to_retf, 0xec, 0      ; selector 0x100
        GATE GDT, 0x21, SEL_CODE, to_retf8, 0xec, 2
        GATE GDT, 0x22, SEL_CODE, to_retf12, 0xec, 3
        GATE GDT, 0x23, SEL_CODE, to_retf, 0x8c, 0      ; dpl 0
        GATE GDT, 0x24, SEL_CODE, to_retf, 0x6c, 0      ; not present
        GATE GDT, 0x25, 0, to_retf, 0xec, 0
        GATE GDT, 0x26, SEL_DATA, to_retf, 0xec, 0
        GATE GDT, 0x27, 0x88, to_retf, 0xec, 0
        GATE GDT, 0x28, 0x98, to_retf, 0xec, 0          ; conforming
        GATE GDT, 0x29, SEL_UCODE, to_retf, 0xec, 0
        GATE GDT, 0x2a, SEL_CODE, to_retf16, 0xe4, 2    ; 16-bit gate
        GATE GDT, 0x2b, 0xa8, to_retf, 0xec, 1          ; to ring 1
        GATE GDT, 0x2c, 0x900, to_retf, 0xec, 0
        GATE GDT, 0x2d, SEL_CODE, to_retf, 0xec, 31

        BEFORE clear
        SHOW I_FL|S_EAX|S_ESP|S_FL|S_VEC|S_ERR|S_EIP|S_CS|S_SS
        SHOW_MEM BUF, 0x60
        NOTE "ring 0"
        FLAGS_IN fl_vals
        CASE int 0x20
        CASE int 0x21
        FLAGS_IN one_flags
        CASE int 0x24
        CASE int 0x25
        CASE int 0x26
        CASE int 0x27
        CASE int 0x28
        CASE int 0x29
        CASE int 0x2a
        CASE int 0x2b
        CASE int 0x2c
        CASE int 0x2d
        CASE int 0x2e
        CASE int 0x34
        CASE int 0xff
        BEGIN "into"
        mov al, 0x7f
        add al, al
        into
        END
        CASE int3
        NOTE "ring 3"
        RING 3
        FLAGS_IN user_fl
        CASE int 0x22
        CASE int 0x23
        FLAGS_IN one_flags
        CASE int 0x20
        CASE int 0x21
        CASE int 0x24
        CASE int 0x25
        CASE int 0x26
        CASE int 0x27
        CASE int 0x28
        CASE int 0x29
        CASE int 0x2a
        CASE int 0x2b
        CASE int 0x2c
        CASE int 0x2d
        CASE int 0x2e
        CASE int 0x34
        CASE int3
        CASE ud2
        CASE div cl
        BEGIN "ring 3: int from a 16-bit code segment"
        jmp 0xc3:.a
        bits 16
.a:     int 0x22
        mov ax, 0x1234
        ud2
        bits 32
        END

        NOTE "ring 3: what only ring 0 may do"
        SHOW_MEM 0, 0
        CASE hlt
        CASE clts
        CASE lgdt [BUF]
        CASE lidt [BUF]
        CASE lldt ax
        CASE ltr ax
        CASE lmsw ax
        CASE mov cr0, eax
        CASE mov eax, cr0
        CASE mov eax, cr2
        CASE mov cr3, eax
        CASE mov eax, cr4
        CASE mov eax, dr7
        CASE mov dr0, eax
        CASE invd
        CASE wbinvd
        CASE invlpg [BUF]
        CASE rdmsr
        CASE wrmsr
        CASE cli
        CASE sti
        CASE in al, 0x80
        CASE out dx, al
        CASE smsw ax
        CASE sldt ax
        CASE str ax
        BEGIN "cpuid"
        cpuid
        xor eax, eax
        END
        FLAGS_IN user_fl
        BEGIN "ring 3: popf keeps IOPL and IF"
        push dword 0x7ed7
        popfd
        pushfd
        pop eax
        push dword 2
        popfd
        END
        BEGIN "ring 3: popfw"
        push word 0x7ed7
        popfw
        pushfd
        pop eax
        push dword 2
        popfd
        END
        BEGIN "ring 3: iretd within the ring"
        push dword 0x7ed7
        push cs
        push dword .a
        iretd
.a:     pushfd
        pop eax
        push dword 2
        popfd
        END
        BEGIN "ring 3: cli sti by IOPL"
        cli
        pushfd
        pop eax
        sti
        pushfd
        pop ecx
        END
        FLAGS_IN one_flags

        NOTE "call gates"
        SHOW_MEM BUF, 0x60
%macro CALL_GATE 2
        BEGIN %2
        mov ebx, esp
        push dword 0x11111111
        push dword 0x22222222
        push dword 0x33333333
        call %1:0x12345678
        mov eax, esp
        sub eax, ebx
        mov esp, ebx
        END
  %if %1 != 0x138               ; (QEMU: #GP where the manual has #NP)
        BEGIN {"jmp: ", %2}
        mov ebx, esp
        push cs
        push dword %%back
        jmp %1:0x12345678
%%back: mov eax, esp
        sub eax, ebx
        mov esp, ebx
        END
  %endif
%endmacro
%macro ALL_GATES 1              ; ring
        CALL_GATE 0x100, "gate, no parameters"
        CALL_GATE 0x103, "gate, rpl 3"
        CALL_GATE 0x118, "gate, dpl 0"
        CALL_GATE 0x120, "gate not present"
        CALL_GATE 0x128, "gate to null"
        CALL_GATE 0x130, "gate to data"
        CALL_GATE 0x138, "gate to code not present"
  %if %1 == 0                   ; (QEMU gives CS the RPL 0 when ring 3 calls)
        CALL_GATE 0x140, "gate to conforming code"
  %endif
        CALL_GATE 0x148, "gate to ring 3"
        CALL_GATE 0x160, "gate to beyond"
%endmacro
        RING 0
        ALL_GATES 0
        RING 3
        ALL_GATES 3
        CALL_GATE 0x108, "gate, two parameters"
        CALL_GATE 0x110, "gate, three parameters"
        CALL_GATE 0x150, "16-bit gate, two parameters"
        CALL_GATE 0x158, "gate to ring 1"
        CALL_GATE 0x168, "gate, 31 parameters"

        NOTE "iret and retf to outer rings"
        RING 0
        SHOW S_EAX|S_ECX|S_ESP|S_FL|S_VEC|S_ERR|S_EIP|S_CS|S_SS|S_DS|S_ES|S_FS|S_GS
        SHOW_MEM 0, 0
%macro OUTWARD 5                ; text, cs, ss, flags, data segment
        BEGIN {"iretd: ", %1}
        mov ax, %5
        mov es, ax
        mov fs, ax
        push dword %3
        push dword USTACK-0x20
        push dword %4
        push dword %2
        push dword %%there
        iretd
%%there:
        mov eax, cs
        mov ecx, ss
        ud2
        END
        BEGIN {"retf: ", %1}
        mov ax, %5
        mov es, ax
        mov gs, ax
        push dword %3
        push dword USTACK-0x20
        push dword 0
        push dword 0
        push dword %2
        push dword %%there2
        retf 8
%%there2:
        mov eax, cs
        mov ecx, ss
        ud2
        END
%endmacro
        OUTWARD "to ring 3", SEL_UCODE, SEL_UDATA, 0x202, SEL_DATA
        OUTWARD "to ring 3, user data stays", SEL_UCODE, SEL_UDATA, 0x3ed7 & ~0x100, SEL_UDATA
        OUTWARD "to ring 3, conforming code in es", SEL_UCODE, SEL_UDATA, 2, 0x98
        OUTWARD "to ring 3, code in es", SEL_UCODE, SEL_UDATA, 2, SEL_CODE
        OUTWARD "to ring 1", 0xa9, 0xb1, 2, SEL_DATA
        OUTWARD "conforming code as ring 3", 0x9b, SEL_UDATA, 2, SEL_DATA
        OUTWARD "dpl 3 conforming code as ring 1", 0xa1, 0xb1, 2, SEL_DATA
        OUTWARD "ss null", SEL_UCODE, 0, 2, SEL_DATA
        OUTWARD "ss of ring 0", SEL_UCODE, SEL_DATA, 2, SEL_DATA
        OUTWARD "ss of ring 2", SEL_UCODE, 0xb8+3, 2, SEL_DATA
        OUTWARD "ss rpl 0", SEL_UCODE, SEL_UDATA & ~3, 2, SEL_DATA
        OUTWARD "ss is code", SEL_UCODE, SEL_UCODE, 2, SEL_DATA
        OUTWARD "cs rpl 2 of ring 3 code", SEL_UCODE & ~1, SEL_UDATA, 2, SEL_DATA
        OUTWARD "cs beyond", 0x903, SEL_UDATA, 2, SEL_DATA
        OUTWARD "cs data", SEL_UDATA, SEL_UDATA, 2, SEL_DATA
        OUTWARD "to ring 3, 16-bit code and stack", 0xc3, 0xcb, 2, SEL_DATA
        RING 3
        BEGIN "ring 3: iretd to ring 0 refused"
        push dword 2
        push dword SEL_CODE
        push dword .a
        iretd
.a:     nop
        END
        BEGIN "ring 3: retf to ring 0 refused"
        push dword SEL_CODE
        push dword .a
        retf
.a:     nop
        END
        RING 0
        BEGIN "iretw"
        push word 0xed7 & ~0x100
        push word SEL_CODE
        push word .a
        o16 iret
.a:     pushfd
        pop eax
        push dword 2
        popfd
        END
        BEGIN "iretw to ring 3"
        push word SEL_UDATA
        push word USTACK-0x20
        push word 0x3ed7 & ~0x100
        push word SEL_UCODE
        push word .a
        o16 iret
.a:     mov eax, cs
        ud2
        END

        NOTE "stack of the inner ring"
        RING 3
%macro BAD_TSS 2
        mov dword [TSS+8], %2
        BEGIN {"inner ss ", %1}
        int 0x2f
        END
        mov dword [TSS+8], SEL_DATA
%endmacro
        ; the #TS or #SS must be taken on a good stack: its handler's gate leads to ring 1's
        DESCRIPTOR 0x1a8, 0, 0xfffff, 0x91, 0xc
        SHOW S_EAX|S_ECX|S_ESP|S_VEC|S_EIP|S_CS|S_SS
        GATE IDT, 10, 0xa8, ring1_fault, 0xee, 0
        GATE IDT, 12, 0xa8, ring1_fault, 0xee, 0
        BAD_TSS "null", 0
        BAD_TSS "ring 3 data", SEL_UDATA
        BAD_TSS "rpl 3", SEL_DATA+3
        BAD_TSS "code", SEL_CODE
        BAD_TSS "beyond", 0x900
        BAD_TSS "read-only", 0x1a8
        FINISH

; reached on ring 1's stack: go on to ring 0 with what is known, through a gate of vector 0x31
ring1_fault:
        mov ax, 0xb1
        mov ds, ax
        mov es, ax
        mov eax, [esp]
        mov [v_tmp], eax
        mov eax, [esp+4]
        mov [v_tmp+4], eax
        mov eax, [esp+8]
        mov [v_tmp+8], eax
        mov dword [TSS+8], SEL_DATA
        mov eax, [v_tmp]
        mov ecx, [v_tmp+4]
        int 0x31
