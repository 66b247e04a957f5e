; Breakpoints in the debug registers: on writes, on reads and writes; what DR6 says afterwards. Those on execution
; are in manual-debug.asm.
%include "lib.inc"

clear:  mov eax, 0
        mov dr7, eax
        mov dr6, eax
        mov dword [BUF], 0x11111111
        mov dword [BUF+4], 0x22222222
        mov [s_x0], eax
        ret

; the way out: the debug registers are read and put to rest before the record is sent
leave_it:
        mov eax, dr6
        mov [s_x0], eax
        xor eax, eax
        mov dr7, eax
        mov dr6, eax
        jmp run_back

main:
        mov dword [v_goon], leave_it
        BEFORE clear
        SHOW S_EAX|S_ECX|S_VEC|S_EIP|S_X0
%macro WATCH 5+                 ; text, address, size and kind of dr0, settle flag, instruction
        BEGIN %1
        mov eax, %2
        mov dr0, eax
        mov eax, %3 << 16 | 1
        mov dr7, eax
        mov ecx, 1
        %5
        mov ecx, 2
        mov eax, 0
        mov dr7, eax
        END
%endmacro
        WATCH "dword write", BUF, 0xd, 0, mov dword [BUF], 5
        WATCH "byte write within a watched dword", BUF, 0xd, 0, mov byte [BUF+3], 5
        WATCH "write beside a watched byte", BUF, 0x1, 0, mov byte [BUF+1], 5
        WATCH "dword that covers a watched byte", BUF+2, 0x1, 0, mov dword [BUF], 5
        WATCH "read of what is watched for writes", BUF, 0xd, 0, mov eax, [BUF]
        WATCH "read of what is watched for both", BUF, 0xf, 0, mov eax, [BUF]
        FINISH
